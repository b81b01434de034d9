/* SPDX-License-Identifier: MIT */
/*
 * Unix groups
 *
 * Names become numbers when a policy is compiled, by asking NSS; a stated number wins and nothing
 * is asked.
 */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>

#include "policy/build.h"
#include "util/text.h"

enum {
        BUFFER_SIZE_FIRST = 4096,
        BUFFER_SIZE_MAX = 64 * 1024 * 1024, /* a directory's group may list very many members */
};

/* Asks NSS, with as much room as the answer needs.
 * Return: 0 and the number, ENOENT when there is no such group, another errno. */
static int group_find(const char *name, char **buffer, size_t *buffer_size, gid_t *ret_gid)
{
        for (;;) {
                struct group group, *found = NULL;
                int error = getgrnam_r(name, &group, *buffer, *buffer_size, &found);
                if (error == 0 && found) {
                        *ret_gid = group.gr_gid;
                        return 0;
                }
                if (error == EINTR)
                        continue;
                if (error != ERANGE || *buffer_size >= BUFFER_SIZE_MAX)
                        return error ? error : ENOENT;
                char *larger = realloc(*buffer, *buffer_size * 2);
                if (!larger)
                        return ENOMEM;
                *buffer = larger;
                *buffer_size *= 2;
        }
}

typedef struct Resolver {
        Model *model;
        char *buffer;
        size_t buffer_size;
} Resolver;

static void unix_group_resolve(Resolver *resolver, ModelUnixGroup *unix_group)
{
        if (unix_group->gid_stated) {
                unix_group->resolved = true;
                return;
        }
        if (!unix_group->name)
                return;
        gid_t gid;
        int error = group_find(unix_group->name, &resolver->buffer, &resolver->buffer_size, &gid);
        if (error == 0) {
                unix_group->gid = gid;
                unix_group->resolved = true;
                return;
        }
        char name[600];
        text_escape(text_from(unix_group->name), name, sizeof(name));
        /* glibc gives several codes when it merely finds nothing (getgrnam_r(3)). */
        if (error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
                diagnostics_warning(resolver->model->diagnostics, unix_group->place,
                                    "there is no Unix group \"%s\": it gives nothing", name);
        else
                diagnostics_warning(resolver->model->diagnostics, unix_group->place,
                                    "Unix group \"%s\" cannot be looked up (%s): it gives nothing",
                                    name, strerror(error));
}

static void organization_resolve(Resolver *resolver, ModelOrganization *organization)
{
        for (uint32_t i = 0; i < organization->groups.count; i++)
                if (organization->groups.items[i].mapped)
                        unix_group_resolve(resolver, &organization->groups.items[i].unix_group);
        for (uint32_t i = 0; i < organization->access_groups.count; i++)
                if (organization->access_groups.items[i].mapped)
                        unix_group_resolve(resolver,
                                           &organization->access_groups.items[i].unix_group);
        for (uint32_t i = 0; i < organization->people.count; i++)
                unix_group_resolve(resolver, &organization->people.items[i].unix_group);
}

void model_resolve_unix_groups(Model *model)
{
        Resolver resolver = { .model = model,
                              .buffer = malloc(BUFFER_SIZE_FIRST),
                              .buffer_size = BUFFER_SIZE_FIRST };
        if (!resolver.buffer) {
                Place nowhere = { PLACE_NO_FILE, 1 };
                diagnostics_error(model->diagnostics, nowhere, "out of memory");
                return;
        }
        for (uint32_t i = 0; i < model->organizations.count; i++)
                organization_resolve(&resolver, &model->organizations.items[i]);
        free(resolver.buffer);
}
