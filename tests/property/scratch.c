/* SPDX-License-Identifier: MIT */
/* Plain file handling with modes set explicitly after creation. */
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONG_PATH_SIZE = 4096, OPEN_FOLDERS_MAX = 16 };

int scratch_new(char *ret_scratch)
{
        const char *folder = getenv("TMPDIR");

        if (snprintf(ret_scratch, SCRATCH_SIZE, "%s/doorward-test-XXXXXX",
                     folder != NULL ? folder : "/tmp") >= SCRATCH_SIZE)
                return -ENAMETOOLONG;
        if (mkdtemp(ret_scratch) == NULL || chmod(ret_scratch, 0755) < 0)
                return -errno;
        return 0;
}

void scratch_path(const char *scratch, const char *name, char *ret_path)
{
        snprintf(ret_path, SCRATCH_PATH_SIZE, "%s/%s", scratch, name);
}

int scratch_make_folder(const char *scratch, const char *name)
{
        char path[SCRATCH_PATH_SIZE];

        scratch_path(scratch, name, path);
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return -errno;
        return chmod(path, 0755) < 0 ? -errno : 0;
}

int scratch_write(const char *scratch, const char *name, const char *text)
{
        char path[SCRATCH_PATH_SIZE];
        size_t size = strlen(text);
        scratch_path(scratch, name, path);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0)
                return -errno;
        ssize_t written = write(fd, text, size);
        int result = written == (ssize_t)size ? 0 : written < 0 ? -errno : -EIO;
        close(fd);
        return result;
}

static int copy_file(const char *from, const char *to)
{
        char buffer[4096];
        FILE *in = fopen(from, "r"), *out = fopen(to, "w");
        size_t size;
        int failed = in == NULL || out == NULL || fchmod(fileno(out), 0644) < 0;

        while (!failed && (size = fread(buffer, 1, sizeof(buffer), in)) > 0)
                failed = fwrite(buffer, 1, size, out) != size;
        if (in != NULL)
                fclose(in);
        if (out != NULL)
                failed = fclose(out) != 0 || failed;
        return failed ? -EIO : 0;
}

int scratch_copy_configuration(const char *scratch, const char *name, const char *from)
{
        char to[SCRATCH_PATH_SIZE], source[LONG_PATH_SIZE], target[LONG_PATH_SIZE];
        struct dirent *entry;
        DIR *folder;
        int r = scratch_make_folder(scratch, name);

        if (r < 0)
                return r;
        folder = opendir(from);
        if (folder == NULL)
                return -errno;
        scratch_path(scratch, name, to);
        while (r == 0 && (entry = readdir(folder)) != NULL) {
                const char *ending = strrchr(entry->d_name, '.');
                if (ending == NULL || strcmp(ending, ".conf") != 0)
                        continue;
                if (snprintf(source, LONG_PATH_SIZE, "%s/%s", from, entry->d_name) >=
                            LONG_PATH_SIZE ||
                    snprintf(target, LONG_PATH_SIZE, "%s/%s", to, entry->d_name) >= LONG_PATH_SIZE)
                        r = -ENAMETOOLONG;
                else
                        r = copy_file(source, target);
        }
        closedir(folder);
        return r;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
        return remove(path);
}

void scratch_remove(const char *path)
{
        nftw(path, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}
