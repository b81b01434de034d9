/* SPDX-License-Identifier: MIT */
/* Remedies in words: what to do, to whom, and in which line. */
#include "policy/explain_parts.h"
#include "util/timestamp.h"

#define DAY_SECONDS (24 * 60 * 60)

static void grant_role(const Printer *printer, const Remedy *remedy, const Query *query,
                       uint32_t organization)
{
        const ImageRole *role = image_role(printer->image, remedy->role);
        fputs("give ", printer->stream);
        print_text(printer, query->user);
        fputs(" the role ", printer->stream);
        if (role)
                print_string(printer, role->name);
        fputs(" at ", printer->stream);
        print_where(printer, organization, remedy->site);
}

static void add_access_group(const Printer *printer, const Remedy *remedy, const Query *query,
                             uint32_t organization)
{
        fputs("put ", printer->stream);
        print_text(printer, query->user);
        fputs(" into ", printer->stream);
        print_resource(printer, RESOURCE_ACCESS_GROUP, remedy->access_group);
}

/* What was changed by command is changed back by one. */
static void print_command_on_user(const Printer *printer, const char *command, const Query *query,
                                  uint32_t organization)
{
        const ImageOrganization *record = image_organization(printer->image, organization);
        fprintf(printer->stream, ": doorward %s user:", command);
        if (record)
                print_string(printer, record->name);
        fputc('/', printer->stream);
        print_text(printer, query->user);
}

static void resume(const Printer *printer, const Remedy *remedy, const Query *query,
                   uint32_t organization)
{
        fputs("end the suspension of ", printer->stream);
        print_text(printer, query->user);
        if (remedy->note)
                print_command_on_user(printer, "resume", query, organization);
}

static void change_dates(const Printer *printer, const Remedy *remedy, const Query *query,
                         uint32_t organization)
{
        fputs("change the dates of access of ", printer->stream);
        print_text(printer, query->user);
        if (remedy->note)
                print_command_on_user(printer, "dates", query, organization);
}

static void switch_on(const Printer *printer, const Remedy *remedy, const Query *query,
                      uint32_t organization)
{
        fputs("switch remote unlock on for ", printer->stream);
        print_resource(printer, remedy->type, remedy->index);
}

static void make_member(const Printer *printer, const Remedy *remedy, const Query *query,
                        uint32_t organization)
{
        fputs("make ", printer->stream);
        print_text(printer, query->user);
        fputs(" a member of ", printer->stream);
        print_resource(printer, RESOURCE_ORGANIZATION, organization);
}

static void declare_user(const Printer *printer, const Remedy *remedy, const Query *query,
                         uint32_t organization)
{
        fputs("list ", printer->stream);
        print_text(printer, query->user);
        fputs(" among the users of ", printer->stream);
        print_resource(printer, RESOURCE_ORGANIZATION, organization);
}

/* The time on the wall where the schedule is kept, behind the time in UTC. */
static void print_local_time(const Printer *printer, uint32_t number, int64_t at_s)
{
        int32_t offset_s;
        const ImageZone *zone = image_zone(printer->image, number);
        if (!zone || !zone_offset(printer->image, number, at_s, &offset_s))
                return;
        int64_t second = (at_s + offset_s) % DAY_SECONDS;
        fprintf(printer->stream, " (%02d:%02d in ", (int)(second / 3600), (int)(second / 60 % 60));
        print_string(printer, zone->name);
        fputc(')', printer->stream);
}

/* Where a door's days and windows are counted. */
static uint32_t door_zone(const Printer *printer, const ImageDoor *door)
{
        ScheduleQuestion question = { door->schedule, door->exceptions, door->zone };
        return schedule_zone(printer->image, &question);
}

static void wait_until(const Printer *printer, const Remedy *remedy, const Query *query,
                       uint32_t organization)
{
        char buffer[TIMESTAMP_TEXT_SIZE];
        const ImageAccessLevel *level = image_access_level(printer->image, remedy->access_level);
        const ImageDoor *door = image_door(printer->image, remedy->index);
        bool for_door = remedy->index != IMAGE_NONE;
        fprintf(printer->stream, "wait until %s", timestamp_format(remedy->at_s, buffer));
        if (level)
                print_local_time(printer, level_zone(printer, level, query), remedy->at_s);
        else if (door)
                print_local_time(printer, door_zone(printer, door), remedy->at_s);
        fputs(", when ", printer->stream);
        if (level) {
                print_resource(printer, RESOURCE_ACCESS_LEVEL, remedy->access_level);
                fputs(for_door ? " is on and " : " is on", printer->stream);
        }
        if (!for_door)
                return;
        print_resource(printer, RESOURCE_DOOR, remedy->index);
        fputs(" takes badges", printer->stream);
}

static void release_door(const Printer *printer, const Remedy *remedy, const Query *query,
                         uint32_t organization)
{
        bool is_block = remedy->note && remedy->note->kind == LIVE_BLOCK;
        fputs(is_block ? "end the blocking" : "end the override", printer->stream);
        fputs(": doorward door release ", printer->stream);
        print_resource(printer, RESOURCE_DOOR, remedy->index);
}

static void end_lockdown(const Printer *printer, const Remedy *remedy, const Query *query,
                         uint32_t organization)
{
        fputs("end the lockdown: doorward lockdown end ", printer->stream);
        print_resource(printer, RESOURCE_LOCKDOWN, remedy->index);
        fputs("; or add ", printer->stream);
        print_text(printer, query->user);
        fputs(" to its unlock list", printer->stream);
}

static void add_to_list(const Printer *printer, const Remedy *remedy, const Query *query,
                        uint32_t organization)
{
        fputs("add ", printer->stream);
        print_text(printer, query->user);
        fputs(query->kind == QUERY_START_LOCKDOWN ? " to the trigger list of "
                                                  : " to the release list of ",
              printer->stream);
        print_resource(printer, RESOURCE_LOCKDOWN, remedy->index);
}

static void accept_clock(const Printer *printer, const Remedy *remedy, const Query *query,
                         uint32_t organization)
{
        fputs("set the clock right, or if it is right accept it: doorward clock accept",
              printer->stream);
}

static void mend_live_state(const Printer *printer, const Remedy *remedy, const Query *query,
                            uint32_t organization)
{
        fputs("restore the live state, or begin an empty one: doorward state reset",
              printer->stream);
}

static void reload(const Printer *printer, const Remedy *remedy, const Query *query,
                   uint32_t organization)
{
        fputs("have the policy compiled again, so that its calendars reach this day: doorward "
              "reload",
              printer->stream);
}

static void name_object(const Printer *printer, const Remedy *remedy, const Query *query,
                        uint32_t organization)
{
        const char *object = condition_object(remedy->condition);
        fprintf(printer->stream, "add %s to the question", object ? object : "the object");
}

static void declare_object(const Printer *printer, const Remedy *remedy, const Query *query,
                           uint32_t organization)
{
        const char *object = condition_object(remedy->condition);
        fprintf(printer->stream, "declare what the question names: %s",
                object ? object : "the object");
}

static void make_target_member(const Printer *printer, const Remedy *remedy, const Query *query,
                               uint32_t organization)
{
        fputs("make ", printer->stream);
        print_resource(printer, RESOURCE_USER, remedy->index);
        fputs(" a member of ", printer->stream);
        print_resource(printer, RESOURCE_ORGANIZATION, organization);
}

static void migrate_target(const Printer *printer, const Remedy *remedy, const Query *query,
                           uint32_t organization)
{
        fputs("have ", printer->stream);
        print_resource(printer, RESOURCE_USER, remedy->index);
        fputs(" migrated first", printer->stream);
}

typedef void (*RemedyText)(const Printer *printer, const Remedy *remedy, const Query *query,
                           uint32_t organization);

static const RemedyText TEXTS[] = {
        [REMEDY_DECLARE_USER] = declare_user,
        [REMEDY_MAKE_MEMBER] = make_member,
        [REMEDY_GRANT_ROLE] = grant_role,
        [REMEDY_ADD_ACCESS_GROUP] = add_access_group,
        [REMEDY_RESUME] = resume,
        [REMEDY_CHANGE_DATES] = change_dates,
        [REMEDY_SWITCH_ON] = switch_on,
        [REMEDY_WAIT] = wait_until,
        [REMEDY_NAME_OBJECT] = name_object,
        [REMEDY_DECLARE_OBJECT] = declare_object,
        [REMEDY_MAKE_TARGET_MEMBER] = make_target_member,
        [REMEDY_MIGRATE_TARGET] = migrate_target,
        [REMEDY_RELEASE_DOOR] = release_door,
        [REMEDY_END_LOCKDOWN] = end_lockdown,
        [REMEDY_ADD_TO_LIST] = add_to_list,
        [REMEDY_ACCEPT_CLOCK] = accept_clock,
        [REMEDY_MEND_LIVE_STATE] = mend_live_state,
        [REMEDY_RELOAD] = reload,
};

void remedy_print(const Printer *printer, const Remedy *remedy, const Query *query,
                  uint32_t organization)
{
        if ((size_t)remedy->kind >= sizeof(TEXTS) / sizeof(TEXTS[0]) || !TEXTS[remedy->kind])
                return;
        TEXTS[remedy->kind](printer, remedy, query, organization);
        print_place(printer, remedy->place);
}
