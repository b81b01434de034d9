/* SPDX-License-Identifier: MIT */
/*
 * Compares answers with the policies that they name.
 *
 * usage: change_replay keep IMAGES FOLDER      keeps every image that appears in the folder IMAGES,
 *                                              until standard input ends
 *        change_replay check FOLDER            reads "asked REVISION USER OUTCOME" lines and
 * decides each again on the kept image of that revision
 *
 * check prints how many answers and revisions it has compared. Exit status 0 when each answer is
 * that of its revision; 1 otherwise, and when an image is missing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "policy/decide.h"

#define IMAGES_MAX 65536

typedef struct Kept {
        char revision[IMAGE_REVISION_SIZE];
        Image *image;
} Kept;

/* A link of each file there is; those kept already are kept. */
static void link_all(const char *images, const char *folder)
{
        DIR *directory = opendir(images);
        const struct dirent *entry;
        while (directory && (entry = readdir(directory))) {
                char from[4096], to[4096];
                size_t size = strlen(entry->d_name);
                if (size < 6 || strcmp(entry->d_name + size - 6, ".image") != 0)
                        continue;
                (void)snprintf(from, sizeof(from), "%s/%s", images, entry->d_name);
                (void)snprintf(to, sizeof(to), "%s/%s", folder, entry->d_name);
                if (link(from, to) < 0 && errno != EEXIST && errno != ENOENT)
                        perror(to);
        }
        if (directory)
                (void)closedir(directory);
}

static int keep(const char *images, const char *folder)
{
        int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd < 0 || inotify_add_watch(fd, images, IN_MOVED_TO) < 0)
                return 1;
        struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
                                { .fd = STDIN_FILENO, .events = POLLIN } };
        do {
                char events[4096];
                (void)!read(fd, events, sizeof(events));
                link_all(images, folder);
        } while (poll(fds, 2, -1) > 0 && !fds[1].revents);
        link_all(images, folder);
        return 0;
}

static int compare_kept(const void *a, const void *b)
{
        return strcmp(((const Kept *)a)->revision, ((const Kept *)b)->revision);
}

/* Opens all images. Return: how many. */
static size_t open_all(const char *folder, Kept *kept)
{
        size_t count = 0;
        DIR *directory = opendir(folder);
        const struct dirent *entry;
        while (directory && count < IMAGES_MAX && (entry = readdir(directory))) {
                char path[4096];
                (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
                int fd = open(path, O_RDONLY | O_CLOEXEC);
                if (entry->d_name[0] != '.' && image_map(fd, &kept[count].image) == 0) {
                        (void)image_revision(kept[count].image, kept[count].revision);
                        count++;
                }
                (void)close(fd);
        }
        if (directory)
                (void)closedir(directory);
        qsort(kept, count, sizeof(*kept), compare_kept);
        return count;
}

/* Return: whether a line's answer is that of its revision. */
static int is_right(const Kept *kept, size_t count, const char *line)
{
        Kept wanted = { .revision = "" };
        char user[32], query_text[128];
        unsigned outcome;
        Query query;
        if (sscanf(line, "asked %16s %31s %x", wanted.revision, user, &outcome) != 3)
                return 0;
        const Kept *found = bsearch(&wanted, kept, count, sizeof(*kept), compare_kept);
        if (!found) {
                printf("no image of revision %s\n", wanted.revision);
                return 0;
        }
        (void)snprintf(query_text, sizeof(query_text), "%s access.door.view door:acme/HQ/D1", user);
        if (query_parse_line(text_from(query_text), &query, NULL) != 0)
                return 0;
        DecisionContext context = { .now_s = (int64_t)time(NULL) };
        Decision decision = policy_decide(found->image, &context, &query, NULL);
        if (decision.outcome == outcome)
                return 1;
        printf("%s at revision %s: answered %x, it says %x\n", user, wanted.revision, outcome,
               (unsigned)decision.outcome);
        return 0;
}

static int check(const char *folder)
{
        static Kept kept[IMAGES_MAX];
        size_t count = open_all(folder, kept), answers = 0, wrong = 0;
        char line[256];
        while (fgets(line, sizeof(line), stdin))
                if (strncmp(line, "asked ", 6) == 0) {
                        answers++;
                        wrong += !is_right(kept, count, line);
                }
        printf("%zu answers compared with %zu images, %zu wrong\n", answers, count, wrong);
        for (size_t i = 0; i < count; i++)
                (void)image_free(kept[i].image);
        return wrong == 0 && answers > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
        if (argc == 4 && strcmp(argv[1], "keep") == 0)
                return keep(argv[2], argv[3]);
        if (argc == 3 && strcmp(argv[1], "check") == 0)
                return check(argv[2]);
        return 2;
}
