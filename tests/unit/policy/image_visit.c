/* SPDX-License-Identifier: MIT */
/*
 * Visits an image. Ranges of a hostile image may overlap and be as long as their section, so the
 * number of items that are read is bounded.
 */
#include "image_visit.h"

enum { VISITS_MAX = 200000 };

typedef struct Visit {
        const Image *image;
        uint64_t sum;
        uint32_t left;
} Visit;

static void visit_bytes(Visit *visit, const void *data, size_t size)
{
        const unsigned char *bytes = data;
        for (size_t i = 0; i < size && visit->left > 0; i++, visit->left--)
                visit->sum = visit->sum * 31 + bytes[i];
}

static void visit_string(Visit *visit, uint32_t string)
{
        Text text = image_string(visit->image, string);
        visit_bytes(visit, text.data, text.size);
        if (text.size > 0)
                visit->sum += (unsigned char)text.data[text.size]; /* the closing NUL is there */
}

static void visit_place(Visit *visit, ImagePlace place)
{
        char buffer[IMAGE_PLACE_SIZE];
        visit->sum += (unsigned char)image_place(visit->image, place, buffer, sizeof(buffer))[0];
}

static void visit_numbers(Visit *visit, ImageRange range)
{
        uint32_t count;
        const uint32_t *numbers = image_numbers(visit->image, range, &count);
        visit_bytes(visit, numbers, count * sizeof(*numbers));
}

static void visit_held(Visit *visit, ImageRange range)
{
        uint32_t count;
        const ImageHeld *held = image_held(visit->image, range, &count);
        for (uint32_t i = 0; i < count && visit->left > 0; i++, visit->left--) {
                const ImageGrant *grant = image_grant(visit->image, held[i].grant);
                const ImageRole *role = image_role(visit->image, held[i].role);
                visit->sum += grant ? grant->holder : 1;
                visit->sum += role ? role->rank : 1;
        }
}

static void visit_people(Visit *visit)
{
        const ImageUser *user;
        for (uint32_t i = 0; (user = image_user(visit->image, i)); i++) {
                uint32_t uid = 0;
                Text name = image_string(visit->image, user->name);
                visit_string(visit, user->title);
                visit_place(visit, user->place);
                visit_held(visit, user->held);
                visit_numbers(visit, user->levels);
                visit_numbers(visit, user->groups);
                visit_numbers(visit, user->access_groups);
                visit->sum += image_find_user(visit->image, user->organization, name);
                visit->sum += image_uid_of_person(visit->image, name, &uid) ? uid : 1;
                visit->sum += image_person_of_uid(visit->image, user->uid).size;
        }
        const ImageOrganization *organization;
        for (uint32_t i = 0; (organization = image_organization(visit->image, i)); i++)
                visit_held(visit, organization->member_held);
        const ImageGroup *group;
        for (uint32_t i = 0; (group = image_group(visit->image, i)); i++) {
                visit_held(visit, group->held);
                visit_numbers(visit, group->members);
        }
        const ImageMappedGroup *mapped;
        for (uint32_t i = 0; (mapped = image_mapped_group(visit->image, i)); i++) {
                visit_string(visit, mapped->unix_name);
                visit_numbers(visit, mapped->groups);
        }
}

static void visit_cards(Visit *visit, const ImageOrganization *organization, uint32_t number)
{
        uint32_t count;
        const ImageCard *cards = image_cards(visit->image, organization->cards, &count);
        for (uint32_t i = 0; i < count && visit->left > 0; i++, visit->left--)
                visit->sum += image_find_card(visit->image, number, cards[i].number);
}

static void visit_programs(Visit *visit)
{
        const ImageCaller *caller;
        for (uint32_t i = 0; (caller = image_caller(visit->image, i)); i++) {
                visit_string(visit, caller->name);
                visit_string(visit, caller->title);
                visit_place(visit, caller->place);
                visit_numbers(visit, caller->sites);
                const ImageCaller *found = image_caller_of_certificate(
                        visit->image, &caller->certificate, caller->organization);
                visit->sum += found ? found->may : 1;
                found = image_caller_of_uid(visit->image, caller->uid, caller->organization);
                visit->sum += found ? found->may : 1;
        }
        const ImageFront *front;
        for (uint32_t i = 0; (front = image_front(visit->image, i)); i++) {
                visit_string(visit, front->name);
                visit_place(visit, front->place);
                visit->sum += image_front_of_uid(visit->image, front->uid) != NULL;
        }
        const ImageOrganization *organization;
        for (uint32_t i = 0; (organization = image_organization(visit->image, i)); i++)
                visit_cards(visit, organization, i);
}

static void visit_roles(Visit *visit)
{
        const ImageRole *role;
        for (uint32_t i = 0; (role = image_role(visit->image, i)); i++) {
                uint32_t count;
                const ImageEntry *entries = image_entries(visit->image, role->entries, &count);
                for (uint32_t k = 0; k < count && visit->left > 0; k++, visit->left--) {
                        visit_numbers(visit, entries[k].also);
                        visit_numbers(visit, entries[k].entities);
                }
                visit_numbers(visit, role->includes);
                visit_numbers(visit, role->granted_with);
                visit_numbers(visit, role->revoked_with);
                const ImageCustomization *customizations =
                        image_customizations(visit->image, role->customizations, &count);
                visit_bytes(visit, customizations, count * sizeof(*customizations));
                visit->sum += image_find_role(visit->image, role->organization,
                                              image_string(visit->image, role->name));
        }
        const ImagePermission *permission;
        for (uint32_t i = 0; (permission = image_permission(visit->image, i)); i++)
                visit->sum += image_find_permission(visit->image,
                                                    image_string(visit->image, permission->name));
}

static void visit_schedules(Visit *visit)
{
        const ImageSchedule *schedule;
        for (uint32_t i = 0; (schedule = image_schedule(visit->image, i)); i++) {
                uint32_t count;
                const ImageWindow *windows = image_windows(visit->image, schedule->windows, &count);
                visit_bytes(visit, windows, count * sizeof(*windows));
                const ImageZone *zone = image_zone(visit->image, schedule->zone);
                if (!zone)
                        continue;
                const ImageTransition *transitions =
                        image_transitions(visit->image, zone->transitions, &count);
                visit_bytes(visit, transitions, count * sizeof(*transitions));
        }
}

static void visit_list(Visit *visit, const ImagePeople *people)
{
        visit_numbers(visit, people->users);
        visit_numbers(visit, people->groups);
        visit_numbers(visit, people->access_groups);
}

static void visit_days(Visit *visit, const ImageDays *days)
{
        uint32_t count;
        const ImageExceptionDay *items = image_exception_days(visit->image, days->days, &count);
        for (uint32_t i = 0; i < count && visit->left > 0; i++, visit->left--) {
                const ImageException *exception = image_exception(visit->image, items[i].exception);
                visit->sum += exception ? exception->state : 1;
        }
}

static void visit_exceptions(Visit *visit)
{
        const ImageException *exception;
        for (uint32_t i = 0; (exception = image_exception(visit->image, i)); i++) {
                uint32_t count;
                const ImageWindow *windows =
                        image_windows(visit->image, exception->windows, &count);
                visit_bytes(visit, windows, count * sizeof(*windows));
                visit_string(visit, exception->name);
                visit_place(visit, exception->place);
        }
        const ImageAccessLevel *level;
        for (uint32_t i = 0; (level = image_access_level(visit->image, i)); i++)
                visit_days(visit, &level->exceptions);
        const ImageDoor *door;
        for (uint32_t i = 0; (door = image_door(visit->image, i)); i++) {
                visit_days(visit, &door->exceptions);
                visit_numbers(visit, door->lockdowns);
        }
}

static void visit_lockdowns(Visit *visit)
{
        const ImageLockdown *lockdown;
        for (uint32_t i = 0; (lockdown = image_lockdown(visit->image, i)); i++) {
                visit_string(visit, lockdown->title);
                visit_place(visit, lockdown->place);
                visit_numbers(visit, lockdown->doors);
                visit_numbers(visit, lockdown->sites);
                visit_list(visit, &lockdown->trigger);
                visit_list(visit, &lockdown->release);
                visit_list(visit, &lockdown->unlock);
        }
}

/* Finds everything that can be named again by the name that it says it has. */
static void visit_names(Visit *visit)
{
        for (unsigned type = 0; type <= RESOURCE_TYPE_COUNT; type++) {
                for (uint32_t i = 0; i < 64; i++) {
                        char buffer[512];
                        Text whole = image_resource(visit->image, type, i, buffer, sizeof(buffer));
                        Text start, path = TEXT_NULL;
                        visit->sum += whole.size;
                        if (whole.size > 0 && text_split_first(whole, '/', &start, &path))
                                visit->sum += image_find(visit->image, type, 0, path);
                }
        }
}

uint64_t image_visit(const Image *image)
{
        Visit visit = { .image = image, .left = VISITS_MAX };
        for (unsigned section = 0; section <= IMAGE_SECTION_COUNT; section++)
                visit.sum += image_count(image, section);
        visit_people(&visit);
        visit_programs(&visit);
        visit_roles(&visit);
        visit_schedules(&visit);
        visit_exceptions(&visit);
        visit_lockdowns(&visit);
        visit_names(&visit);
        const ImageSessionRule *rule;
        for (uint32_t i = 0; (rule = image_session_rule(image, i)); i++)
                visit_string(&visit, rule->service);
        return visit.sum;
}
