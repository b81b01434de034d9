/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void bench_fail(const char *what, const char *detail)
{
        fprintf(stderr, "benchmark: %s: %s\n", what, detail);
        exit(2);
}

const char *bench_roles_directory(void)
{
        const char *directory = getenv("BENCH_ROLES");
        if (!directory)
                bench_fail("BENCH_ROLES", "not set; run the benchmarks with meson test --benchmark");
        return directory;
}

static void write_settings(const BenchFixture *fixture, const char *settings)
{
        char path[256];
        snprintf(path, sizeof(path), "%s/doorward.conf", fixture->directory);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, settings, strlen(settings)) != (ssize_t)strlen(settings))
                bench_fail(path, strerror(errno));
        close(fd);
}

void bench_fixture_start(BenchFixture *fixture, const char *size, const char *settings)
{
        const BenchSize *found = bench_size_find(size);
        const char *parent = getenv("TMPDIR");
        if (!found)
                bench_fail(size, "there is no size of that name");
        umask(022);
        snprintf(fixture->folder, sizeof(fixture->folder), "%s/doorward-bench-XXXXXX",
                 parent && strlen(parent) < 30 ? parent : "/tmp");
        if (!mkdtemp(fixture->folder))
                bench_fail(fixture->folder, strerror(errno));
        snprintf(fixture->directory, sizeof(fixture->directory), "%s/policy", fixture->folder);
        snprintf(fixture->state, sizeof(fixture->state), "%s/state", fixture->folder);
        snprintf(fixture->socket, sizeof(fixture->socket), "%s/run/s", fixture->folder);
        fixture->policy = bench_policy_new(found);
        int r = bench_policy_write(fixture->policy, fixture->directory);
        if (r < 0)
                bench_fail(fixture->directory, strerror(-r));
        if (settings)
                write_settings(fixture, settings);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
        (void)status;
        (void)kind;
        (void)place;
        return remove(path);
}

void bench_fixture_end(BenchFixture *fixture)
{
        nftw(fixture->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        fixture->policy = bench_policy_free(fixture->policy);
}
