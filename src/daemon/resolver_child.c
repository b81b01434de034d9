/* SPDX-License-Identifier: MIT */
/*
 * Resolver, the child's side: see resolver.h. A name counts only when NSS leads from it back to the
 * uid: otherwise a second source of names could give somebody the name of somebody else.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/child.h"
#include "daemon/resolver.h"
#include "util/cleanup.h"

#define BUFFER_SIZE_FIRST 4096u
#define BUFFER_SIZE_MAX   (1u << 20)

/* Looks up an entry by name, or by uid when name is NULL, growing the buffer as NSS asks.
 * Return: 0 and whether there is one; -errno. The entry borrows from *buffer. */
static int look_up(const char *name, uint32_t uid, char **buffer, struct passwd *entry,
                   bool *ret_found)
{
        for (size_t size = BUFFER_SIZE_FIRST; size <= BUFFER_SIZE_MAX; size *= 2) {
                char *grown = realloc(*buffer, size);
                if (!grown)
                        return -ENOMEM;
                *buffer = grown;
                struct passwd *found = NULL;
                int r = name ? getpwnam_r(name, entry, grown, size, &found)
                             : getpwuid_r(uid, entry, grown, size, &found);
                if (r == 0 || r == ENOENT || r == ESRCH) {
                        *ret_found = found != NULL;
                        return 0;
                }
                if (r != ERANGE && r != EINTR)
                        return -r;
        }
        return -ERANGE;
}

int resolver_ask(uint32_t uid, ResolvedName *ret_name)
{
        _cleanup_free_ char *buffer = NULL;
        struct passwd entry;
        bool found = false;
        ResolvedName name = { "" };
        int r = look_up(NULL, uid, &buffer, &entry, &found);
        if (r < 0)
                return r;
        if (found && strlen(entry.pw_name) < sizeof(name.name)) {
                memcpy(name.name, entry.pw_name, strlen(entry.pw_name) + 1);
                r = look_up(name.name, 0, &buffer, &entry, &found);
                if (r < 0)
                        return r;
                if (!found || entry.pw_uid != uid)
                        name = (ResolvedName){ "" };
        }
        *ret_name = name;
        return 0;
}

int resolver_main(void)
{
        for (;;) {
                ResolverQuestion question;
                ssize_t size = recv(CHILD_FIRST_FD, &question, sizeof(question), 0);
                if (size < 0 && errno == EINTR)
                        continue;
                if (size == 0)
                        return 0;
                if (size != (ssize_t)sizeof(question))
                        return 1;
                ResolverAnswer answer = { .uid = question.uid };
                answer.failed = resolver_ask(question.uid, &answer.name) < 0;
                if (send(CHILD_FIRST_FD, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
                        return 1;
        }
}
