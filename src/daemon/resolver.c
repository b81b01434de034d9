/* SPDX-License-Identifier: MIT */
/* Resolver, the daemon's side: see resolver.h. */
#include "daemon/resolver.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "daemon/child.h"

typedef struct CacheSlot {
        uint32_t uid;
        uint64_t until_ms; /* 0: empty */
        ResolvedName name;
} CacheSlot;

struct Resolver {
        sd_event *event;
        ResolverDone done;
        void *data;
        int fd; /* to the child; -1: none runs */
        sd_event_source *io_source, *child_source, *timer_source;
        uint32_t lookups[RESOLVER_LOOKUPS_MAX]; /* uids asked for, oldest first */
        size_t lookup_count;
        CacheSlot cache[RESOLVER_CACHE_SLOTS];
};

static void stop_child(Resolver *resolver)
{
        resolver->io_source = sd_event_source_disable_unref(resolver->io_source);
        resolver->timer_source = sd_event_source_disable_unref(resolver->timer_source);
        /* Its source owns the child: freeing it kills and reaps. */
        resolver->child_source = sd_event_source_disable_unref(resolver->child_source);
        cleanup_close(&resolver->fd);
        resolver->fd = -1;
}

Resolver *resolver_free(Resolver *resolver)
{
        if (!resolver)
                return NULL;
        stop_child(resolver);
        free(resolver);
        return NULL;
}

int resolver_new(sd_event *event, ResolverDone done, void *data, Resolver **ret_resolver)
{
        Resolver *resolver = calloc(1, sizeof(*resolver));
        if (!resolver)
                return -ENOMEM;
        resolver->event = event;
        resolver->done = done;
        resolver->data = data;
        resolver->fd = -1;
        *ret_resolver = resolver;
        return 0;
}

/* The child hangs or has died: everything that was asked fails. */
static void fail(Resolver *resolver)
{
        uint32_t uids[RESOLVER_LOOKUPS_MAX];
        size_t count = resolver->lookup_count;
        memcpy(uids, resolver->lookups, count * sizeof(*uids));
        resolver->lookup_count = 0;
        stop_child(resolver);
        for (size_t i = 0; i < count; i++)
                resolver->done(resolver->data, uids[i], false);
}

static void remember(Resolver *resolver, const ResolverAnswer *answer)
{
        uint64_t now_us = 0;
        (void)sd_event_now(resolver->event, CLOCK_MONOTONIC, &now_us);
        uint64_t keep_ms = answer->name.name[0] ? RESOLVER_KEEP_MS : RESOLVER_KEEP_NONE_MS;
        resolver->cache[answer->uid % RESOLVER_CACHE_SLOTS] = (CacheSlot){
                .uid = answer->uid,
                .until_ms = now_us / 1000 + keep_ms,
                .name = answer->name,
        };
}

static void set_timer(Resolver *resolver)
{
        (void)sd_event_source_set_time_relative(resolver->timer_source,
                                                RESOLVER_DEADLINE_MS * 1000ull);
        (void)sd_event_source_set_enabled(resolver->timer_source, resolver->lookup_count > 0
                                                                          ? SD_EVENT_ONESHOT
                                                                          : SD_EVENT_OFF);
}

/* Takes an answer to something that was asked. Return: false for anything else. */
static bool take_answer(Resolver *resolver, const ResolverAnswer *answer)
{
        size_t i = 0;
        while (i < resolver->lookup_count && resolver->lookups[i] != answer->uid)
                i++;
        if (i == resolver->lookup_count || answer->name.name[NAME_SIZE_MAX] != '\0')
                return false;
        resolver->lookup_count--;
        memmove(resolver->lookups + i, resolver->lookups + i + 1,
                (resolver->lookup_count - i) * sizeof(*resolver->lookups));
        set_timer(resolver);
        if (!answer->failed)
                remember(resolver, answer);
        resolver->done(resolver->data, answer->uid, !answer->failed);
        return true;
}

static int on_answer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Resolver *resolver = userdata;
        ResolverAnswer answer;
        ssize_t size = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (size != (ssize_t)sizeof(answer) || !take_answer(resolver, &answer))
                fail(resolver);
        return 0;
}

/* The child answers one after the other, so the deadline counts from the last answer: it is up when
 * one uid alone has taken that long. */
static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        fail(userdata);
        return 0;
}

static int on_child_exit(sd_event_source *source, const siginfo_t *information, void *userdata)
{
        fail(userdata);
        return 0;
}

static int watch(Resolver *resolver, pid_t pid)
{
        int r = sd_event_add_child(resolver->event, &resolver->child_source, pid, WEXITED,
                                   on_child_exit, resolver);
        if (r < 0) {
                (void)kill(pid, SIGKILL);
                (void)waitpid(pid, NULL, 0);
                return r;
        }
        (void)sd_event_source_set_child_process_own(resolver->child_source, true);
        r = sd_event_add_io(resolver->event, &resolver->io_source, resolver->fd, EPOLLIN, on_answer,
                            resolver);
        if (r < 0)
                return r;
        r = sd_event_add_time_relative(resolver->event, &resolver->timer_source, CLOCK_MONOTONIC,
                                       RESOLVER_DEADLINE_MS * 1000ull, 0, on_deadline, resolver);
        return r < 0 ? r : sd_event_source_set_enabled(resolver->timer_source, SD_EVENT_OFF);
}

static int start_child(Resolver *resolver)
{
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        _cleanup_close_ int child_end = ends[1];
        resolver->fd = ends[0];
        pid_t pid;
        int r = child_spawn(RESOLVER_MODE, NULL, 0, &child_end, 1, &pid);
        if (r == 0)
                r = watch(resolver, pid);
        if (r < 0)
                stop_child(resolver);
        return r;
}

static bool is_asked(const Resolver *resolver, uint32_t uid)
{
        for (size_t i = 0; i < resolver->lookup_count; i++)
                if (resolver->lookups[i] == uid)
                        return true;
        return false;
}

static int ask(Resolver *resolver, uint32_t uid)
{
        ResolverQuestion question = { .uid = uid };
        if (resolver->lookup_count == RESOLVER_LOOKUPS_MAX)
                return -EBUSY;
        int r = resolver->fd >= 0 ? 0 : start_child(resolver);
        if (r < 0)
                return r;
        if (send(resolver->fd, &question, sizeof(question), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
                return -errno;
        resolver->lookups[resolver->lookup_count++] = uid;
        if (resolver->lookup_count == 1)
                set_timer(resolver);
        return RESOLVER_WAIT;
}

int resolver_find(Resolver *resolver, uint32_t uid, uint64_t now_ms, ResolvedName *ret_name)
{
        const CacheSlot *slot = &resolver->cache[uid % RESOLVER_CACHE_SLOTS];
        if (slot->until_ms > now_ms && slot->uid == uid) {
                *ret_name = slot->name;
                return 0;
        }
        return is_asked(resolver, uid) ? RESOLVER_WAIT : ask(resolver, uid);
}
