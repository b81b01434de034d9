/* SPDX-License-Identifier: MIT */
/*
 * The policy as text. Users are by far the most, and stand in a fragment of their own, so that
 * libconfig's parse of that file can be measured beside the engine's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generate.h"

enum { PATH_SIZE = 4096, NAME_SIZE = 16, DOOR_PATH_SIZE = 128 };

/* Children by parent, so that the nested text is written in one walk. */
typedef struct Children {
        const BenchPolicy *policy;
        uint32_t *first_site, *next_site; /* of each site */
        uint32_t *first_door, *next_door; /* of each site; of each door */
} Children;

void bench_site_path(const BenchPolicy *policy, uint32_t site, int full, char *ret_path)
{
        uint32_t parent = policy->parents[site];

        if (parent == BENCH_NONE)
                strcpy(ret_path, full ? "site:bench" : "");
        else
                bench_site_path(policy, parent, full, ret_path);
        sprintf(ret_path + strlen(ret_path), "%ss%u", ret_path[0] != '\0' ? "/" : "", site);
}

void bench_door_path(const BenchPolicy *policy, uint32_t door, int full, char *ret_path)
{
        bench_site_path(policy, policy->door_sites[door], full, ret_path);
        if (full)
                memcpy(ret_path, "door", 4);
        sprintf(ret_path + strlen(ret_path), "/d%u", door);
}

/* Links every child in front of its parent's others, from the last on, so that they stay in order.
 */
static void link_children(uint32_t count, const uint32_t *parents, uint32_t *first, uint32_t *next)
{
        for (uint32_t i = count; i-- > 0;) {
                if (parents[i] == BENCH_NONE)
                        continue;
                next[i] = first[parents[i]];
                first[parents[i]] = i;
        }
}

static uint32_t *allocate_none(uint32_t count)
{
        uint32_t *list = bench_allocate(count, sizeof(uint32_t));

        memset(list, 0xff, (size_t)count * sizeof(uint32_t));
        return list;
}

static Children children_new(const BenchPolicy *policy)
{
        Children children = { policy, allocate_none(policy->size.sites),
                              allocate_none(policy->size.sites), allocate_none(policy->size.sites),
                              allocate_none(policy->size.doors) };

        link_children(policy->size.sites, policy->parents, children.first_site, children.next_site);
        link_children(policy->size.doors, policy->door_sites, children.first_door,
                      children.next_door);
        return children;
}

static void children_free(Children *children)
{
        free(children->first_site);
        free(children->next_site);
        free(children->first_door);
        free(children->next_door);
}

static void write_site(const Children *children, uint32_t site, FILE *out)
{
        uint32_t door = children->first_door[site], child = children->first_site[site];

        fprintf(out, "{ name = \"s%u\";", site);
        if (door != BENCH_NONE)
                fputs(" doors = (", out);
        for (uint32_t i = door; i != BENCH_NONE; i = children->next_door[i])
                fprintf(out, "%s{ name = \"d%u\";%s }", i == door ? " " : ", ", i,
                        children->policy->time == BENCH_TIME_ALL
                                ? " schedule = \"house\"; exceptions = [ \"closed\" ];"
                                : "");
        fputs(door != BENCH_NONE ? " );" : "", out);
        if (child != BENCH_NONE)
                fputs("\n  sites = (", out);
        for (uint32_t i = child; i != BENCH_NONE; i = children->next_site[i]) {
                fputs(i == child ? " " : ",\n  ", out);
                write_site(children, i, out);
        }
        fputs(child != BENCH_NONE ? " ); }" : " }", out);
}

static void write_grant(const BenchPolicy *policy, const BenchGrant *grant, FILE *out)
{
        char path[DOOR_PATH_SIZE];

        bench_site_path(policy, grant->site, 0, path);
        fprintf(out, "{ role = \"%s\"; site = \"%s\"; }", bench_role_name((BenchRole)grant->role),
                path);
}

static void write_groups(const BenchPolicy *policy, FILE *out)
{
        fputs("groups = (", out);
        for (uint32_t i = 0; i < policy->size.groups; i++) {
                fprintf(out, "%s\n  { name = \"g%u\"; roles = ( ", i == 0 ? "" : ",", i);
                for (uint8_t k = 0; k < policy->groups[i].grants_count; k++) {
                        fputs(k == 0 ? "" : ", ", out);
                        write_grant(policy, &policy->groups[i].grants[k], out);
                }
                fputs(" ); }", out);
        }
        fputs(" );\naccess_groups = (", out);
        for (uint32_t i = 0; i < policy->access_groups_count; i++)
                fprintf(out, "%s { name = \"a%u\"; }", i == 0 ? "" : ",", i);
        fputs(" );\n", out);
}

/* Thirty days of another year than that of the questions, so that they change no answer. */
static void write_dates(FILE *out)
{
        for (int i = 1; i <= 30; i++)
                fprintf(out, "%s\"2027-%02d-%02d\"", i == 1 ? " " : ", ", 1 + i % 12, i % 28 + 1);
}

/* What makes every level and every door depend on the time; and two lockdowns of one door each. */
static void write_all_time(const BenchPolicy *policy, FILE *out)
{
        char path[DOOR_PATH_SIZE];

        fputs("door_schedules = ( { name = \"house\"; timezone = \"Europe/Berlin\"; weekly = (\n"
              "  { days = [ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" ]; from = \"06:00\";\n"
              "    to = \"20:00\"; state = \"access-controlled\"; },\n"
              "  { days = [ \"sat\", \"sun\" ]; from = \"06:00\"; to = \"20:00\";\n"
              "    state = \"card-and-code\"; } ); } );\n"
              "door_exceptions = ( { name = \"closed\"; state = \"locked\"; dates = [",
              out);
        write_dates(out);
        fputs(" ]; } );\naccess_exceptions = ( { name = \"holidays\"; dates = [", out);
        write_dates(out);
        fputs(" ]; access_levels = [", out);
        for (uint32_t i = 0; i < policy->levels_count; i++)
                fprintf(out, "%s\"l%u\"", i == 0 ? " " : ", ", i);
        fputs(" ]; } );\nlockdowns = (", out);
        for (uint32_t i = 0; i < BENCH_LOCKDOWNS; i++) {
                bench_door_path(policy, i, 0, path);
                fprintf(out,
                        "%s { name = \"k%u\"; doors = [ \"%s\" ]; release = { users = [ \"u0\" ]; "
                        "}; "
                        "unlock = { users = [ \"u0\" ]; }; }",
                        i == 0 ? "" : ",", i, path);
        }
        fputs(" );\n", out);
}

static void write_levels(const BenchPolicy *policy, FILE *out)
{
        static const char *const SCHEDULES[][3] = {
                [BENCH_TIME_SOME] = { "", " schedule = \"day\";", " schedule = \"night\";" },
                [BENCH_TIME_NONE] = { "", "", "" },
                [BENCH_TIME_ALL] = { " schedule = \"week\";", " schedule = \"day\";",
                                     " schedule = \"night\";" },
        };
        char path[DOOR_PATH_SIZE];

        fputs("schedules = (\n"
              "  { name = \"day\"; timezone = \"Europe/Berlin\"; weekly = ( { days = [ \"mon\", "
              "\"tue\", \"wed\", \"thu\", \"fri\" ]; from = \"08:00\"; to = \"18:00\"; } ); },\n"
              "  { name = \"night\"; timezone = \"Europe/Berlin\"; weekly = ( { days = [ \"mon\", "
              "\"wed\", \"sat\" ]; from = \"22:00\"; to = \"06:00\"; } ); },\n"
              "  { name = \"week\"; timezone = \"Europe/Berlin\"; weekly = ( { days = [ \"mon\", "
              "\"tue\", \"wed\", \"thu\", \"fri\" ]; from = \"05:00\"; to = \"23:00\"; } ); } );\n"
              "access_levels = (",
              out);
        for (uint32_t i = 0; i < policy->levels_count; i++) {
                const BenchLevel *level = &policy->levels[i];
                fprintf(out, "%s\n  { name = \"l%u\"; access_groups = [ \"a%u\" ];%s doors = [",
                        i == 0 ? "" : ",", i, level->access_group,
                        SCHEDULES[policy->time][level->schedule]);
                for (uint32_t k = 0; k < level->doors_count; k++) {
                        bench_door_path(policy, level->doors[k], 0, path);
                        fprintf(out, "%s\"%s\"", k == 0 ? " " : ", ", path);
                }
                fputs(" ]; }", out);
        }
        fputs(" );\n", out);
}

static void write_names(FILE *out, const char *key, char letter, const uint32_t *list,
                        uint8_t count)
{
        fprintf(out, " %s = [", key);
        for (uint8_t i = 0; i < count; i++)
                fprintf(out, "%s\"%c%u\"", i == 0 ? " " : ", ", letter, list[i]);
        fputs(" ];", out);
}

static void write_users(const BenchPolicy *policy, FILE *out)
{
        fputs("users = (", out);
        for (uint32_t i = 0; i < policy->size.users; i++) {
                const BenchUser *user = &policy->users[i];
                fprintf(out, "%s\n  { name = \"u%u\";", i == 0 ? "" : ",", i);
                write_names(out, "groups", 'g', user->groups, user->groups_count);
                write_names(out, "access_groups", 'a', user->access_groups,
                            user->access_groups_count);
                if (user->grant.site != BENCH_NONE) {
                        fputs(" roles = ( ", out);
                        write_grant(policy, &user->grant, out);
                        fputs(" );", out);
                }
                fputs(" }", out);
        }
        fputs(" );\n", out);
}

static void write_organization(const BenchPolicy *policy, FILE *out)
{
        Children children = children_new(policy);

        fputs("organization = { name = \"bench\"; };\nsites = ( ", out);
        write_site(&children, 0, out);
        fputs(" );\n", out);
        write_groups(policy, out);
        write_levels(policy, out);
        if (policy->time == BENCH_TIME_ALL)
                write_all_time(policy, out);
        children_free(&children);
}

static int write_file(const BenchPolicy *policy, const char *directory, const char *name,
                      void (*write)(const BenchPolicy *policy, FILE *out))
{
        char path[PATH_SIZE];
        FILE *out;
        int fd, failed;

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0)
                return -errno;
        out = fchmod(fd, 0644) < 0 ? NULL : fdopen(fd, "w");
        if (out == NULL) {
                close(fd);
                return -EIO;
        }
        fputs("# SPDX-License-Identifier: MIT\n", out);
        write(policy, out);
        failed = ferror(out);
        return fclose(out) != 0 || failed ? -EIO : 0;
}

static int make_folder(const char *directory, const char *name)
{
        char path[PATH_SIZE];

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return -errno;
        return chmod(path, 0755) < 0 ? -errno : 0;
}

int bench_policy_write(const BenchPolicy *policy, const char *directory)
{
        static const char *const FOLDERS[] = { "", "organizations.d", "organizations.d/bench.d" };
        int r = 0;

        for (size_t i = 0; r == 0 && i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++)
                r = make_folder(directory, FOLDERS[i]);
        if (r == 0)
                r = write_file(policy, directory, "organizations.d/bench.conf", write_organization);
        if (r == 0)
                r = write_file(policy, directory, "organizations.d/bench.d/users.conf",
                               write_users);
        return r;
}
