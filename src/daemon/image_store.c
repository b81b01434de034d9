/* SPDX-License-Identifier: MIT */
/* Image store: see image_store.h. */
#include "daemon/image_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/number.h"

#define DIRECTORY       "images"
#define SUFFIX          ".image"
#define UNFINISHED      "unfinished"
#define NUMBER_MAX      4000000000u
#define FILE_NAME_SIZE  32
#define IMAGES_SEEN_MAX 4096 /* files looked at in the folder */

int image_store_open(int state_fd, ImageStore *ret_store)
{
        if (mkdirat(state_fd, DIRECTORY, 0700) < 0 && errno != EEXIST)
                return -errno;
        *ret_store = (ImageStore){ .directory_fd = -1 };
        return file_open_directory(state_fd, DIRECTORY, &ret_store->directory_fd);
}

void image_store_close(ImageStore *store)
{
        cleanup_close(&store->directory_fd);
        store->directory_fd = -1;
}

static void file_name(uint32_t number, char name[static FILE_NAME_SIZE])
{
        (void)snprintf(name, FILE_NAME_SIZE, "%u" SUFFIX, number);
}

/* The number of an image's file name. Return: 0 for another file. */
static uint32_t number_of(const char *name)
{
        Text text = text_from(name);
        size_t suffix = sizeof(SUFFIX) - 1;
        uint64_t number;
        if (text.size <= suffix || memcmp(name + text.size - suffix, SUFFIX, suffix) != 0)
                return 0;
        text.size -= suffix;
        return number_parse(text, NUMBER_MAX, &number) == 0 ? (uint32_t)number : 0;
}

static int compare_descending(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
        return (left < right) - (left > right);
}

/* Lists the numbers of the images, newest first. Return: how many, -errno. */
static int list(const ImageStore *store, uint32_t numbers[static IMAGES_SEEN_MAX])
{
        _cleanup_(cleanup_closedir) DIR *directory = NULL;
        int r = file_list(store->directory_fd, &directory);
        if (r < 0)
                return r;
        int count = 0;
        const struct dirent *entry;
        while (count < IMAGES_SEEN_MAX && (entry = readdir(directory))) {
                uint32_t number = number_of(entry->d_name);
                if (number > 0)
                        numbers[count++] = number;
        }
        qsort(numbers, (size_t)count, sizeof(*numbers), compare_descending);
        return count;
}

/* Copies what a file holds, at most size bytes: it may get shorter meanwhile. */
static int copy_bytes(int file_fd, int copy_fd, size_t size)
{
        for (off_t offset = 0; (size_t)offset < size;) {
                ssize_t step = sendfile(copy_fd, file_fd, &offset, size - (size_t)offset);
                if (step == 0)
                        return 0;
                if (step < 0 && errno != EINTR)
                        return -errno;
        }
        return 0;
}

int image_store_load(int file_fd, Image **ret_image, int *ret_fd)
{
        size_t size;
        int r = image_check_file(file_fd, &size);
        if (r != 0)
                return r;
        _cleanup_close_ int copy = memfd_create("doorwardd-image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (copy < 0 || fchmod(copy, 0600) < 0)
                return -errno;
        r = copy_bytes(file_fd, copy, size);
        if (r < 0)
                return r;
        if (fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
                return -errno;
        r = image_map(copy, ret_image);
        if (r != 0)
                return r;
        *ret_fd = copy;
        copy = -1;
        return 0;
}

static int load(const ImageStore *store, uint32_t number, Image **ret_image, int *ret_fd)
{
        char name[FILE_NAME_SIZE];
        file_name(number, name);
        _cleanup_close_ int fd =
                openat(store->directory_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return image_store_load(fd, ret_image, ret_fd);
}

int image_store_newest(ImageStore *store, ImageStoreBad bad, void *data, Image **ret_image,
                       int *ret_fd)
{
        uint32_t numbers[IMAGES_SEEN_MAX];
        int count = list(store, numbers);
        if (count < 0)
                return count;
        store->newest = count > 0 ? numbers[0] : 0;
        for (int i = 0; i < count; i++) {
                int r = load(store, numbers[i], ret_image, ret_fd);
                if (r == 0)
                        return 0;
                bad(data, numbers[i],
                    r < 0     ? strerror(-r)
                    : r > 100 ? file_problem_text(r - 100)
                              : image_problem_text(r));
        }
        return -ENOENT;
}

int image_store_begin(ImageStore *store, int *ret_fd)
{
        if (unlinkat(store->directory_fd, UNFINISHED, 0) < 0 && errno != ENOENT)
                return -errno;
        int fd = openat(store->directory_fd, UNFINISHED,
                        O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        *ret_fd = fd;
        return 0;
}

static void remove_old(const ImageStore *store)
{
        uint32_t numbers[IMAGES_SEEN_MAX];
        int count = list(store, numbers);
        for (int i = IMAGE_STORE_KEPT; i < count; i++) {
                char name[FILE_NAME_SIZE];
                file_name(numbers[i], name);
                (void)unlinkat(store->directory_fd, name, 0);
        }
}

int image_store_keep(ImageStore *store)
{
        if (store->newest >= NUMBER_MAX)
                return -EOVERFLOW;
        char name[FILE_NAME_SIZE];
        file_name(store->newest + 1, name);
        if (renameat(store->directory_fd, UNFINISHED, store->directory_fd, name) < 0)
                return -errno;
        if (fsync(store->directory_fd) < 0) {
                /* What is not taken must not be what the next start finds. */
                int error = -errno;
                (void)unlinkat(store->directory_fd, name, 0);
                return error;
        }
        store->newest++;
        remove_old(store);
        return 0;
}

void image_store_drop(ImageStore *store)
{
        (void)unlinkat(store->directory_fd, UNFINISHED, 0);
}
