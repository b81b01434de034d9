/* SPDX-License-Identifier: MIT */
/*
 * Fronts
 *
 * The account of a front becomes a uid when a policy is compiled, by asking NSS. A front speaks for
 * others, so its uid must be nobody else's: whoever is a person or a caller as well could lend
 * himself the rights of every certificate.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/build.h"
#include "policy/schema_uid.h"
#include "util/text.h"

enum {
        BUFFER_SIZE_FIRST = 4096,
        BUFFER_SIZE_MAX = 1024 * 1024,
        NAME_TEXT_SIZE = 600,
        PLACE_TEXT_SIZE = 4200,
};

/* Asks NSS, with as much room as the answer needs.
 * Return: 0 and the uid, ENOENT when there is no such account, another errno. */
static int account_find(const char *name, uint32_t *ret_uid)
{
        for (size_t size = BUFFER_SIZE_FIRST; size <= BUFFER_SIZE_MAX; size *= 2) {
                struct passwd account, *found = NULL;
                _cleanup_free_ char *buffer = malloc(size);
                if (!buffer)
                        return ENOMEM;
                int error = getpwnam_r(name, &account, buffer, size, &found);
                if (error == 0 && found) {
                        *ret_uid = account.pw_uid;
                        return 0;
                }
                if (error != ERANGE)
                        return error ? error : ENOENT;
        }
        return ERANGE;
}

static void front_resolve(const Model *model, ModelFront *front)
{
        char name[NAME_TEXT_SIZE];
        uint32_t uid = 0;
        if (front->uid_known)
                return;
        int error = account_find(front->user, &uid);
        text_escape(text_from(front->user), name, sizeof(name));
        /* glibc gives several codes when it merely finds nothing (getpwnam_r(3)). */
        if (error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
                diagnostics_error(model->diagnostics, front->place,
                                  "there is no account \"%s\" on this machine", name);
        else if (error != 0)
                diagnostics_error(model->diagnostics, front->place,
                                  "account \"%s\" cannot be looked up (%s)", name, strerror(error));
        else if (uid == 0 || uid > SCHEMA_ID_MAX || schema_uid_is_transient(uid))
                diagnostics_error(model->diagnostics, front->place,
                                  "account \"%s\" has uid %u, which belongs to no one program",
                                  name, uid);
        else {
                front->uid = uid;
                front->uid_known = true;
        }
}

/* Who else has a front's uid. */
typedef struct Holder {
        const char *kind, *name;
        uint32_t uid;
        Place place;
} Holder;

static void taken_report(const Model *model, const ModelFront *front, const Holder *holder)
{
        char name[NAME_TEXT_SIZE];
        diagnostics_error(
                model->diagnostics, front->place,
                "uid %u of this front belongs to %s \"%s\", at %s:%u: a front is nobody "
                "else",
                front->uid, holder->kind, text_escape(text_from(holder->name), name, sizeof(name)),
                diagnostics_file_name(model->diagnostics, holder->place.file), holder->place.line);
}

static void holder_check(const Model *model, const Holder *holder)
{
        const ModelHostSettings *settings = &model->settings;
        for (uint32_t i = 0; i < settings->fronts.count; i++) {
                const ModelFront *front = &settings->fronts.items[i];
                if (front->uid_known && front->uid == holder->uid)
                        taken_report(model, front, holder);
        }
}

static void organization_check(const Model *model, const ModelOrganization *organization)
{
        for (uint32_t i = 0; i < organization->users.count; i++) {
                const ModelUser *user = &organization->users.items[i];
                if (user->uid_stated && user->name)
                        holder_check(model,
                                     &(Holder){ "user", user->name, user->uid, user->place });
        }
        for (uint32_t i = 0; i < organization->callers.count; i++) {
                const ModelCaller *caller = &organization->callers.items[i];
                if (caller->uid_stated && caller->name)
                        holder_check(model, &(Holder){ "caller", caller->name, caller->uid,
                                                       caller->place });
        }
}

/* No two fronts are the same process. */
static void fronts_compare(const Model *model)
{
        const ModelHostSettings *settings = &model->settings;
        for (uint32_t i = 1; i < settings->fronts.count; i++)
                for (uint32_t k = 0; k < i; k++) {
                        const ModelFront *front = &settings->fronts.items[i];
                        const ModelFront *first = &settings->fronts.items[k];
                        if (!front->uid_known || !first->uid_known || front->uid != first->uid)
                                continue;
                        taken_report(model, front,
                                     &(Holder){ "front", first->name, first->uid, first->place });
                        break;
                }
}

void model_resolve_fronts(Model *model)
{
        ModelHostSettings *settings = &model->settings;
        if (settings->fronts.count == 0)
                return;
        for (uint32_t i = 0; i < settings->fronts.count; i++)
                front_resolve(model, &settings->fronts.items[i]);
        for (uint32_t i = 0; i < model->organizations.count; i++)
                organization_check(model, &model->organizations.items[i]);
        fronts_compare(model);
}
