/* SPDX-License-Identifier: MIT */
/*
 * Compile: lockdowns
 *
 * A lockdown names doors and people; a decision asks a door for its lockdowns. Users stand in the
 * image in the order of their names, so they are looked up by name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile_inversion.h"
#include "util/cleanup.h"

/* The number in IMAGE_USERS of a user of an organization, by halving. */
static uint32_t user_find(const Compiler *compiler, const ImageOrganization *owner,
                          const char *name)
{
        uint32_t low = owner->users.first, high = low + owner->users.count;
        const char *strings = compiler->sections[IMAGE_STRINGS].data;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                const ImageUser *user = compiler_at(compiler, IMAGE_USERS, middle);
                int order = strcmp(strings + user->name + sizeof(uint32_t), name);
                if (order == 0)
                        return middle;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return IMAGE_NONE;
}

static ImageRange users_store(Compiler *compiler, const ImageOrganization *owner,
                              const ReferenceList *list)
{
        _cleanup_free_ uint32_t *numbers = calloc((size_t)list->count + 1, sizeof(uint32_t));
        uint32_t count = 0;
        if (!numbers) {
                compiler->error = -ENOMEM;
                return (ImageRange){ 0, 0 };
        }
        for (uint32_t i = 0; i < list->count; i++) {
                uint32_t user = user_find(compiler, owner, list->items[i].name);
                if (user != IMAGE_NONE)
                        numbers[count++] = user;
        }
        return compiler_numbers(compiler, numbers, count);
}

static ImagePeople people_store(Compiler *compiler, const ImageOrganization *owner,
                                const ModelPeopleList *people)
{
        return (ImagePeople){
                .users = users_store(compiler, owner, &people->users),
                .groups = compiler_references(compiler, &people->groups, owner->groups.first),
                .access_groups = compiler_references(compiler, &people->access_groups,
                                                     owner->access_groups.first),
        };
}

/* The sites at which the doors of a lockdown are. */
static ImageRange sites_store(Compiler *compiler, ImageRange doors)
{
        _cleanup_free_ uint32_t *numbers = calloc((size_t)doors.count + 1, sizeof(uint32_t));
        if (!numbers) {
                compiler->error = -ENOMEM;
                return (ImageRange){ 0, 0 };
        }
        for (uint32_t i = 0; i < doors.count; i++) {
                uint32_t door = *(uint32_t *)compiler_at(compiler, IMAGE_NUMBERS, doors.first + i);
                numbers[i] = ((ImageDoor *)compiler_at(compiler, IMAGE_DOORS, door))->site;
        }
        return compiler_numbers(compiler, numbers, doors.count);
}

static void lockdown_fill(Compiler *compiler, uint32_t number, const ModelLockdown *lockdown,
                          ImageLockdown *record)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        *record = (ImageLockdown){
                .name = compiler_string(compiler, lockdown->name),
                .title = compiler_string(compiler, lockdown->title),
                .organization = number,
                .mode = lockdown->mode,
                .rank = lockdown->rank,
                .automatic_end_s = lockdown->automatic_end_s,
                .doors = compiler_references(compiler, &lockdown->doors, owner->doors.first),
                .trigger = people_store(compiler, owner, &lockdown->trigger),
                .release = people_store(compiler, owner, &lockdown->release),
                .unlock = people_store(compiler, owner, &lockdown->unlock),
                .place = compiled_place(lockdown->place),
        };
        if (!compiler->error)
                record->sites = sites_store(compiler, record->doors);
}

/* Tells each door its lockdowns. */
static void doors_tell(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        References named = REFERENCES_OF(organization->lockdowns, ModelLockdown, doors);
        Inversion lockdowns;
        if (inversion_make(&named, organization->doors.count, owner->lockdowns.first, &lockdowns) !=
            0)
                compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < organization->doors.count && !compiler->error; i++) {
                ImageDoor *door = compiler_at(compiler, IMAGE_DOORS, owner->doors.first + i);
                door->lockdowns = inversion_store(compiler, &lockdowns, i);
        }
        inversion_clear(&lockdowns);
}

int compile_lockdowns(Compiler *compiler)
{
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++) {
                const ModelOrganization *organization = &compiler->model->organizations.items[i];
                uint32_t count = organization->lockdowns.count;
                ImageRange range = { compiler_count(compiler, IMAGE_LOCKDOWNS), count };
                COMPILED_ORGANIZATION(compiler, i)->lockdowns = range;
                ImageLockdown *records = compiler_append(compiler, IMAGE_LOCKDOWNS, count);
                for (uint32_t k = 0; k < count && records && !compiler->error; k++)
                        lockdown_fill(compiler, i, &organization->lockdowns.items[k], &records[k]);
                if (count > 0 && !compiler->error)
                        doors_tell(compiler, i);
        }
        return compiler->error;
}
