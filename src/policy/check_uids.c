/* SPDX-License-Identifier: MIT */
/*
 * Check: uids
 *
 * A name is one person in all organizations and has one uid; a uid belongs to one person or, in
 * each organization, to one caller.
 */
#include <stdlib.h>

#include "policy/check.h"
#include "policy/sort.h"

typedef struct UidOwner {
        const char *name;
        uint32_t uid;
        uint32_t organization; /* of a caller; of persons 0, who are the same in all */
        Place place;
} UidOwner;

typedef struct UidOwners {
        UidOwner *items;
        size_t count;
} UidOwners;

static bool place_is_before(Place a, Place b)
{
        return a.file != b.file ? a.file < b.file : a.line < b.line;
}

static int owner_compare(const void *left, const void *right)
{
        const UidOwner *a = left, *b = right;
        if (a->uid != b->uid)
                return a->uid < b->uid ? -1 : 1;
        if (a->organization != b->organization)
                return a->organization < b->organization ? -1 : 1;
        if (place_is_before(a->place, b->place))
                return -1;
        return place_is_before(b->place, a->place);
}

static bool owners_allocate(Check *check, size_t count, UidOwners *owners)
{
        *owners = (UidOwners){ .items = calloc(count + 1, sizeof(UidOwner)) };
        if (!owners->items)
                check->failed = true;
        return owners->items != NULL;
}

/* Lists everybody with a stated uid, by uid. */
static void persons_collect(Check *check, UidOwners *owners)
{
        const Model *model = check->model;
        size_t count = 0;
        for (uint32_t i = 0; i < model->organizations.count; i++)
                count += model->organizations.items[i].users.count;
        if (!owners_allocate(check, count, owners))
                return;
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                const ModelOrganization *organization = &model->organizations.items[i];
                for (uint32_t k = 0; k < organization->users.count; k++) {
                        const ModelUser *user = &organization->users.items[k];
                        if (user->uid_stated && user->name)
                                owners->items[owners->count++] =
                                        (UidOwner){ user->name, user->uid, 0, user->place };
                }
        }
        qsort(owners->items, owners->count, sizeof(UidOwner), owner_compare);
}

static void callers_collect(Check *check, UidOwners *owners)
{
        const Model *model = check->model;
        size_t count = 0;
        for (uint32_t i = 0; i < model->organizations.count; i++)
                count += model->organizations.items[i].callers.count;
        if (!owners_allocate(check, count, owners))
                return;
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                const ModelOrganization *organization = &model->organizations.items[i];
                for (uint32_t k = 0; k < organization->callers.count; k++) {
                        const ModelCaller *caller = &organization->callers.items[k];
                        if (caller->name && caller->uid_stated)
                                owners->items[owners->count++] =
                                        (UidOwner){ caller->name, caller->uid, i, caller->place };
                }
        }
        qsort(owners->items, owners->count, sizeof(UidOwner), owner_compare);
}

static void taken_report(const Check *check, const UidOwner *owner, const UidOwner *first,
                         const char *kind)
{
        char name[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        diagnostics_error(check->model->diagnostics, owner->place,
                          "uid %u belongs to %s \"%s\" already, at %s", owner->uid, kind,
                          check_name(first->name, name), check_place(check, first->place, at));
}

/* Owners of one uid stand together, the first in the files first. */
static void owners_check(const Check *check, const UidOwners *owners, const char *kind,
                         bool one_name_may_repeat)
{
        size_t first = 0;
        for (size_t i = 1; i < owners->count; i++) {
                if (owners->items[i].uid != owners->items[first].uid ||
                    owners->items[i].organization != owners->items[first].organization)
                        first = i;
                else if (!one_name_may_repeat ||
                         strcmp(owners->items[i].name, owners->items[first].name) != 0)
                        taken_report(check, &owners->items[i], &owners->items[first], kind);
        }
}

/* Callers must not have the uid of a person; both lists are sorted by uid. */
static void kinds_check(const Check *check, const UidOwners *persons, const UidOwners *callers)
{
        size_t at = 0;
        for (size_t i = 0; i < callers->count; i++) {
                while (at < persons->count && persons->items[at].uid < callers->items[i].uid)
                        at++;
                if (at < persons->count && persons->items[at].uid == callers->items[i].uid)
                        taken_report(check, &callers->items[i], &persons->items[at], "user");
        }
}

/* A person of several organizations may have his uid in each, but only one. */
static void names_check(Check *check, const UidOwners *persons)
{
        _cleanup_free_ SortName *names = calloc(persons->count + 1, sizeof(*names));
        if (!names) {
                check->failed = true;
                return;
        }
        for (size_t i = 0; i < persons->count; i++)
                names[i] = (SortName){ .name = persons->items[i].name, .index = (uint32_t)i };
        sort_names(names, persons->count);
        for (size_t i = 1; i < persons->count; i++) {
                const UidOwner *a = &persons->items[names[i - 1].index];
                const UidOwner *b = &persons->items[names[i].index];
                if (strcmp(a->name, b->name) != 0 || a->uid == b->uid)
                        continue;
                bool in_order = place_is_before(a->place, b->place);
                const UidOwner *first = in_order ? a : b, *second = in_order ? b : a;
                char name[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
                diagnostics_error(check->model->diagnostics, second->place,
                                  "user \"%s\" has uid %u at %s: a name is one person in all "
                                  "organizations",
                                  check_name(first->name, name), first->uid,
                                  check_place(check, first->place, at));
        }
}

void check_uids(Check *check)
{
        UidOwners persons, callers = { 0 };
        persons_collect(check, &persons);
        if (!check->failed)
                callers_collect(check, &callers);
        if (!check->failed) {
                owners_check(check, &persons, "user", true);
                owners_check(check, &callers, "caller", false);
                kinds_check(check, &persons, &callers);
                if (check->model->organizations.count > 1)
                        names_check(check, &persons);
        }
        free(persons.items);
        free(callers.items);
}
