/* SPDX-License-Identifier: MIT */
/*
 * Replay
 *
 * Stands in for the fuzzing engine: passes every file of the folders given to the target, and every
 * beginning of the small ones, so that a corpus is a test that needs neither clang nor time.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "util/cleanup.h"

enum { INPUT_SIZE_MAX = 1 << 20, PREFIX_SIZE_MAX = 1024 };

/* A copy of the exact size, so that a sanitizer sees every byte read past the end. */
static void run(const uint8_t *data, size_t size)
{
        uint8_t *copy = malloc(size ? size : 1);
        if (!copy)
                abort();
        if (size > 0)
                memcpy(copy, data, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
}

static int file_replay(const char *folder, const char *name)
{
        static uint8_t data[INPUT_SIZE_MAX];
        _cleanup_free_ char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, name) < 0)
                return -1;
        _cleanup_fclose_ FILE *stream = fopen(path, "rbe");
        if (!stream) {
                perror(path);
                return -1;
        }
        size_t size = fread(data, 1, sizeof(data), stream);
        run(data, size);
        for (size_t prefix = 0; prefix < size && size <= PREFIX_SIZE_MAX; prefix++)
                run(data, prefix);
        return 0;
}

/* Return: the number of files, or -1. */
static int folder_replay(const char *folder)
{
        DIR *directory = opendir(folder);
        const struct dirent *entry;
        int count = 0;
        if (!directory) {
                perror(folder);
                return -1;
        }
        while (count >= 0 && (entry = readdir(directory)))
                if (entry->d_name[0] != '.')
                        count = file_replay(folder, entry->d_name) < 0 ? -1 : count + 1;
        closedir(directory);
        return count;
}

int main(int argc, char **argv)
{
        int total = 0;
        for (int i = 1; i < argc; i++) {
                int count = folder_replay(argv[i]);
                if (count < 0)
                        return 1;
                total += count;
        }
        printf("%d inputs replayed\n", total);
        return total > 0 ? 0 : 1;
}
