/* SPDX-License-Identifier: MIT */
/* Files of changes: see change_files.h. */
#include "daemon/change_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "policy/managed.h"
#include "util/file.h"
#include "util/name.h"

#define SUFFIX        ".conf"
#define NAME_SIZE     (NAME_SIZE_MAX + sizeof(SUFFIX MANAGED_CANDIDATE_SUFFIX))
#define LEFTOVERS_MAX 65536

typedef struct FileNames {
        char served[NAME_SIZE], candidate[NAME_SIZE];
} FileNames;

static FileNames names_of(const ChangeFile *file)
{
        FileNames names;
        int size = (int)file->organization.size;
        (void)snprintf(names.served, sizeof(names.served), "%.*s" SUFFIX, size,
                       file->organization.data);
        (void)snprintf(names.candidate, sizeof(names.candidate),
                       "%.*s" SUFFIX MANAGED_CANDIDATE_SUFFIX, size, file->organization.data);
        return names;
}

static bool is_candidate(const char *name)
{
        static const char suffix[] = SUFFIX MANAGED_CANDIDATE_SUFFIX;
        size_t size = strlen(name);
        return size > sizeof(suffix) - 1 && strcmp(name + size - (sizeof(suffix) - 1), suffix) == 0;
}

static int remove_leftovers(int directory_fd)
{
        _cleanup_(cleanup_closedir) DIR *directory = NULL;
        int r = file_list(directory_fd, &directory);
        if (r < 0)
                return r;
        const struct dirent *entry;
        for (unsigned n = 0; n < LEFTOVERS_MAX && (entry = readdir(directory)); n++)
                if (is_candidate(entry->d_name))
                        (void)unlinkat(directory_fd, entry->d_name, 0);
        return 0;
}

int change_files_open(int state_fd, int *ret_fd)
{
        if (mkdirat(state_fd, MANAGED_DIRECTORY, 0700) < 0 && errno != EEXIST)
                return -errno;
        int fd;
        int r = file_open_directory(state_fd, MANAGED_DIRECTORY, &fd);
        if (r != 0)
                return r;
        r = remove_leftovers(fd);
        if (r < 0) {
                close(fd);
                return r;
        }
        *ret_fd = fd;
        return 0;
}

int change_files_follow(const char *path, int *directory_fd)
{
        _cleanup_close_ int fd = -1;
        struct stat there, opened;
        int r = file_open_directory(AT_FDCWD, path, &fd);
        if (r != 0)
                return r;
        if (fstat(fd, &there) < 0 || fstat(*directory_fd, &opened) < 0)
                return -errno;
        if (there.st_dev == opened.st_dev && there.st_ino == opened.st_ino)
                return 0;
        r = remove_leftovers(fd);
        if (r < 0)
                return r;
        close(*directory_fd);
        *directory_fd = fd;
        fd = -1;
        return CHANGE_FILES_MOVED;
}

/* Return: 0, also when there is no candidate; -errno. */
static int place(int directory_fd, ChangeFile *file)
{
        FileNames names = names_of(file);
        if (renameat2(directory_fd, names.candidate, directory_fd, names.served, RENAME_EXCHANGE) ==
            0) {
                file->placed = file->exchanged = true;
                return 0;
        }
        /* There is nothing to be exchanged: no candidate, no former file, or no such call on that
         * file system, where a plain rename has to do. */
        if (errno != ENOENT && errno != EINVAL && errno != ENOSYS)
                return -errno;
        struct stat status;
        if (fstatat(directory_fd, names.candidate, &status, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        file->replaced = fstatat(directory_fd, names.served, &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (renameat(directory_fd, names.candidate, directory_fd, names.served) < 0)
                return -errno;
        file->placed = true;
        return 0;
}

static int put_back(int directory_fd, ChangeFile *file)
{
        FileNames names = names_of(file);
        if (file->replaced)
                return -ENOTRECOVERABLE;
        int r = file->exchanged
                        ? renameat2(directory_fd, names.candidate, directory_fd, names.served,
                                    RENAME_EXCHANGE)
                        : renameat(directory_fd, names.served, directory_fd, names.candidate);
        if (r < 0)
                return -errno;
        file->placed = file->exchanged = false;
        return 0;
}

int change_files_put_back(int directory_fd, ChangeFile *files, size_t count)
{
        int r = 0;
        for (size_t i = 0; i < count; i++)
                if (files[i].placed && put_back(directory_fd, &files[i]) < 0)
                        r = -ENOTRECOVERABLE;
        if (fsync(directory_fd) < 0)
                r = -ENOTRECOVERABLE;
        return r;
}

int change_files_place(int directory_fd, ChangeFile *files, size_t count)
{
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = place(directory_fd, &files[i]);
        if (r == 0 && fsync(directory_fd) < 0)
                r = -errno;
        if (r == 0)
                return 0;
        int back = change_files_put_back(directory_fd, files, count);
        return back < 0 ? back : r;
}

void change_files_drop(int directory_fd, const ChangeFile *files, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                FileNames names = names_of(&files[i]);
                (void)unlinkat(directory_fd, names.candidate, 0);
        }
}
