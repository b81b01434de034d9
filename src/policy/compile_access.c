/* SPDX-License-Identifier: MIT */
/*
 * Compile: access levels, access groups and what is only named
 *
 * A level knows its doors and access groups; decisions ask the other way round, which levels hold a
 * door and which ones an access group has. So the lists are turned round here.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "policy/compile_inversion.h"

/* The days of the exceptions that replace the schedule of an access level. */
static ImageDays level_days(Compiler *compiler, uint32_t number, const Inversion *exceptions,
                            uint32_t level)
{
        uint32_t count;
        const uint32_t *numbers = inversion_numbers(exceptions, level, &count);
        return compiled_days(
                compiler, &compiler->model->organizations.items[number], SCHEDULE_KIND_ACCESS,
                compiled_exception(compiler, number, SCHEDULE_KIND_ACCESS), numbers, count);
}

static void levels_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t count = organization->access_levels.count;
        owner->access_levels = (ImageRange){ compiler_count(compiler, IMAGE_ACCESS_LEVELS), count };
        uint32_t groups = compiler_count(compiler, IMAGE_ACCESS_GROUPS);
        ImageAccessLevel *records = compiler_append(compiler, IMAGE_ACCESS_LEVELS, count);
        References named =
                REFERENCES_OF(organization->access_exceptions, ModelException, access_levels);
        Inversion exceptions;
        if (inversion_make(&named, count, 0, &exceptions) != 0)
                compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelAccessLevel *level = &organization->access_levels.items[i];
                records[i] = (ImageAccessLevel){
                        .name = compiler_string(compiler, level->name),
                        .title = compiler_string(compiler, level->title),
                        .organization = number,
                        .schedule = level->schedule.name
                                            ? owner->schedules.first + level->schedule.index
                                            : IMAGE_NONE,
                        .exceptions = level_days(compiler, number, &exceptions, i),
                        .access_groups =
                                compiler_references(compiler, &level->access_groups, groups),
                        .place = compiled_place(level->place),
                };
        }
        inversion_clear(&exceptions);
}

static void access_groups_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t count = organization->access_groups.count;
        owner->access_groups = (ImageRange){ compiler_count(compiler, IMAGE_ACCESS_GROUPS), count };
        ImageAccessGroup *records = compiler_append(compiler, IMAGE_ACCESS_GROUPS, count);
        References named =
                REFERENCES_OF(organization->access_levels, ModelAccessLevel, access_groups);
        Inversion levels;
        if (inversion_make(&named, count, owner->access_levels.first, &levels) != 0)
                compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelGroup *group = &organization->access_groups.items[i];
                records[i] = (ImageAccessGroup){
                        .name = compiler_string(compiler, group->name),
                        .title = compiler_string(compiler, group->title),
                        .organization = number,
                        .flags = group->synced ? IMAGE_GROUP_SYNCED : 0,
                        .levels = inversion_store(compiler, &levels, i),
                        .place = compiled_place(group->place),
                };
        }
        inversion_clear(&levels);
}

static bool lists_are_same(const ReferenceList *a, const ReferenceList *b)
{
        if (a->count != b->count)
                return false;
        for (uint32_t i = 0; i < a->count; i++)
                if (a->items[i].index != b->items[i].index)
                        return false;
        return true;
}

/* What says which state a door has. Doors mostly have the exceptions of the door before, whose days
 * are not sorted anew then; before NULL: the first door. */
static void door_time_fill(Compiler *compiler, uint32_t number, const ModelDoor *model,
                           const ModelDoor *before, ImageDoor *door)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t count = model->exceptions.count;
        if (model->schedule.name)
                door->schedule = COMPILED_ORGANIZATION(compiler, number)->schedules.first +
                                 model->schedule.index;
        if (before && lists_are_same(&model->exceptions, &before->exceptions)) {
                door->exceptions = door[-1].exceptions;
                return;
        }
        if (count == 0)
                return;
        _cleanup_free_ uint32_t *exceptions = calloc(count, sizeof(uint32_t));
        if (!exceptions) {
                compiler->error = -ENOMEM;
                return;
        }
        for (uint32_t i = 0; i < count; i++)
                exceptions[i] = model->exceptions.items[i].index;
        door->exceptions = compiled_days(compiler, organization, SCHEDULE_KIND_DOOR,
                                         compiled_exception(compiler, number, SCHEDULE_KIND_DOOR),
                                         exceptions, count);
}

static void door_levels_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        References named = REFERENCES_OF(organization->access_levels, ModelAccessLevel, doors);
        Inversion levels;
        if (inversion_make(&named, organization->doors.count, owner->access_levels.first,
                           &levels) != 0)
                compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < organization->doors.count && !compiler->error; i++) {
                ImageDoor *door = compiler_at(compiler, IMAGE_DOORS, owner->doors.first + i);
                door->levels = inversion_store(compiler, &levels, i);
                const ModelDoor *model = &organization->doors.items[i];
                door_time_fill(compiler, number, model, i > 0 ? model - 1 : NULL, door);
        }
        inversion_clear(&levels);
}

static void object_add(Compiler *compiler, ImageObject object, const char *name, const char *title,
                       Place place)
{
        ImageObject *record = compiler_append(compiler, IMAGE_OBJECTS, 1);
        if (!record)
                return;
        *record = object;
        record->name = compiler_string(compiler, name);
        record->title = compiler_string(compiler, title);
        record->place = compiled_place(place);
}

static void exception_objects_add(Compiler *compiler, uint32_t number, ResourceType type,
                                  const ModelException *exceptions, uint32_t count)
{
        for (uint32_t i = 0; i < count; i++) {
                ImageObject object = { .type = type, .organization = number, .site = IMAGE_NONE };
                object_add(compiler, object, exceptions[i].name, exceptions[i].title,
                           exceptions[i].place);
        }
}

static void objects_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t first = compiler_count(compiler, IMAGE_OBJECTS);
        exception_objects_add(compiler, number, RESOURCE_DOOR_EXCEPTION,
                              organization->door_exceptions.items,
                              organization->door_exceptions.count);
        exception_objects_add(compiler, number, RESOURCE_ACCESS_EXCEPTION,
                              organization->access_exceptions.items,
                              organization->access_exceptions.count);
        for (uint32_t i = 0; i < organization->templates.count; i++) {
                const ModelTemplate *template = &organization->templates.items[i];
                ImageObject object = { .type = RESOURCE_ROLL_CALL_TEMPLATE,
                                       .organization = number,
                                       .site = compiled_site(compiler, number,
                                                             template->site.index) };
                object_add(compiler, object, template->name, template->title, template->place);
        }
        for (uint32_t i = 0; i < organization->floorplans.count; i++) {
                const ModelFloorplan *plan = &organization->floorplans.items[i];
                ImageObject object = { .type = RESOURCE_FLOORPLAN,
                                       .organization = number,
                                       .site = IMAGE_NONE,
                                       .doors = compiler_references(compiler, &plan->doors,
                                                                    owner->doors.first) };
                object_add(compiler, object, plan->name, plan->title, plan->place);
        }
        for (uint32_t i = 0; i < organization->entities.count; i++) {
                ImageObject object = { .type = RESOURCE_ENTITY,
                                       .organization = number,
                                       .site = IMAGE_NONE };
                object_add(compiler, object, organization->entities.items[i].name, NULL,
                           organization->entities.items[i].place);
        }
        owner->objects = (ImageRange){ first, compiler_count(compiler, IMAGE_OBJECTS) - first };
}

int compile_access(Compiler *compiler)
{
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++) {
                levels_fill(compiler, i);
                access_groups_fill(compiler, i);
                door_levels_fill(compiler, i);
                objects_fill(compiler, i);
        }
        return compiler->error;
}
