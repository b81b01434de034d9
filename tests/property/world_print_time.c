/* SPDX-License-Identifier: MIT */
/* The plain form leaves out what is not needed; the other says it at times. */
#include "world_print_time.h"
#include "world_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static void print_window(const Printer *printer, FILE *out, const WorldWindow *window, bool is_door)
{
        static const char *const DAYS[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
        int order[ITEMS_MAX], written = 0;

        printer_order(printer, 7, order);
        fputs("{ days = [", out);
        for (int i = 0; i < 7; i++)
                if (window->days >> order[i] & 1)
                        fprintf(out, "%s \"%s\"", written++ > 0 ? "," : "", DAYS[order[i]]);
        fprintf(out, " ]; from = \"%02d:%02d\"; to = \"%02d:%02d\";", window->from_minute / 60,
                window->from_minute % 60, window->to_minute / 60, window->to_minute % 60);
        if (is_door)
                fprintf(out, " state = \"%s\";", WORLD_STATE_NAMES[window->state]);
        fputs(" }", out);
}

static void print_windows(const Printer *printer, FILE *out, const WorldWindows *windows,
                          bool is_door)
{
        int order[ITEMS_MAX];

        if (windows->count == 0 && !printer_chance(printer, 30))
                return;
        printer_order(printer, windows->count, order);
        fputs("\n    weekly = (", out);
        for (int i = 0; i < windows->count; i++) {
                fputs(i > 0 ? ",\n      " : " ", out);
                print_window(printer, out, &windows->item[order[i]], is_door);
        }
        fputs(" );", out);
}

void world_print_schedule(Printer *printer, Section section, int i)
{
        const WorldSchedule *schedule = &printer->o->schedules[i];
        FILE *out = printer_element(printer, schedule->is_door ? SECTION_DOOR_SCHEDULES : section);

        fprintf(out, "{ name = \"%s\";", schedule->name);
        printer_print_zone(out, schedule->zone);
        print_windows(printer, out, &schedule->windows, schedule->is_door);
        fputs(" }", out);
}

/* Writes DAY with SEPARATOR between its parts. */
static void print_date(FILE *out, int day, const char *separator)
{
        time_t time_s = (time_t)day * 86400;
        struct tm parts;

        gmtime_r(&time_s, &parts);
        fprintf(out, "%04d%s%02d%s%02d", parts.tm_year + 1900, separator, parts.tm_mon + 1,
                separator, parts.tm_mday);
}

static void print_exception(const Printer *printer, FILE *out, const WorldException *exception,
                            bool is_door)
{
        const WorldOrganization *o = printer->o;
        int order[ITEMS_MAX];

        fprintf(out, "{ name = \"%s\";", exception->name);
        printer_order(printer, exception->dates.count, order);
        if (exception->dates.count > 0)
                fputs(" dates = [", out);
        for (int i = 0; i < exception->dates.count; i++) {
                fputs(i > 0 ? ", \"" : " \"", out);
                print_date(out, exception->dates.day[order[i]], "-");
                fputs("\"", out);
        }
        if (exception->dates.count > 0)
                fputs(" ];", out);
        if (exception->calendars.count > 0)
                printer_print_names(printer, out, "calendars", &exception->calendars, o->calendars,
                                    sizeof(o->calendars[0]));
        print_windows(printer, out, &exception->windows, is_door);
}

void world_print_exception(Printer *printer, Section section, int i)
{
        const WorldException *exception = &printer->o->exceptions[i];
        FILE *out = printer_element(printer, section);

        print_exception(printer, out, exception, true);
        fprintf(out, " state = \"%s\"; }", WORLD_STATE_NAMES[exception->state]);
}

void world_print_access_exception(Printer *printer, Section section, int i)
{
        const WorldOrganization *o = printer->o;
        const WorldException *exception = &o->access_exceptions[i];
        FILE *out = printer_element(printer, section);

        print_exception(printer, out, exception, false);
        printer_print_names(printer, out, "access_levels", &exception->access_levels, o->levels,
                            sizeof(o->levels[0]));
        fputs(" }", out);
}

void world_print_door_time(const Printer *printer, FILE *out, const WorldDoor *door)
{
        const WorldOrganization *o = printer->o;

        if (door->has_schedule)
                fprintf(out, " schedule = \"%s\";", o->schedules[door->schedule].name);
        printer_print_names(printer, out, "exceptions", &door->exceptions, o->exceptions,
                            sizeof(o->exceptions[0]));
        if (door->default_state != STATE_ACCESS_CONTROLLED || printer_chance(printer, 20))
                fprintf(out, " default_state = \"%s\";", WORLD_STATE_NAMES[door->default_state]);
        if (printer_chance(printer, 20))
                fprintf(out, " release_time = %d;", 1 + random_below(printer->random, 600));
}

/* --- Lockdowns --- */

static void print_sites(const Printer *printer, FILE *out, const WorldList *sites)
{
        char path[WORLD_TEXT_SIZE];

        if (sites->count == 0)
                return;
        fputs(" sites = [", out);
        for (int i = 0; i < sites->count; i++) {
                printer_site_path(printer->o, sites->item[i], path);
                fprintf(out, "%s \"%s\"", i > 0 ? "," : "", path);
        }
        fputs(" ];", out);
}

static void print_people(const Printer *printer, FILE *out, const char *key,
                         const WorldPeopleList *people)
{
        const WorldOrganization *o = printer->o;

        fprintf(out, "\n    %s = {", key);
        printer_print_names(printer, out, "users", &people->users, o->users, sizeof(o->users[0]));
        printer_print_names(printer, out, "groups", &people->groups, o->groups,
                            sizeof(o->groups[0]));
        printer_print_names(printer, out, "access_groups", &people->access_groups, o->access_groups,
                            sizeof(o->access_groups[0]));
        fputs(" };", out);
}

void world_print_lockdown(Printer *printer, Section section, int i)
{
        const WorldLockdown *lockdown = &printer->o->lockdowns[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", lockdown->name);
        printer_print_title(printer, out);
        if (lockdown->doors.count > 0)
                printer_print_doors(printer, out, &lockdown->doors);
        print_sites(printer, out, &lockdown->sites);
        if (lockdown->is_open || printer_chance(printer, 30))
                fprintf(out, " mode = \"%s\";", lockdown->is_open ? "locked-open" : "locked-down");
        fprintf(out, " rank = %d;", lockdown->rank);
        if (lockdown->automatic_end_minutes > 0)
                fprintf(out, " automatic_end_minutes = %d;", lockdown->automatic_end_minutes);
        print_people(printer, out, "trigger", &lockdown->trigger);
        print_people(printer, out, "release", &lockdown->release);
        print_people(printer, out, "unlock", &lockdown->unlock);
        fputs(" }", out);
}

/* --- Calendars: each a file of its own --- */

static void print_file_name(const WorldOrganization *o, int i, char *ret_name)
{
        snprintf(ret_name, WORLD_TEXT_SIZE, "%s-%d.ics", o->name, i);
}

void world_print_calendar(Printer *printer, Section section, int i)
{
        char name[WORLD_TEXT_SIZE];

        print_file_name(printer->o, i, name);
        fprintf(printer_element(printer, section), "{ name = \"%s\"; file = \"%s\"; }",
                printer->o->calendars[i].name, name);
}

/* Days that follow one another are one event, which ends on the day after. */
static void print_events(const WorldDays *days, FILE *out)
{
        for (int i = 0, next; i < days->count; i = next) {
                for (next = i + 1; next < days->count; next++)
                        if (days->day[next] != days->day[next - 1] + 1)
                                break;
                fprintf(out, "BEGIN:VEVENT\r\nUID:%d@example.com\r\nDTSTAMP:20260101T000000Z\r\n",
                        i);
                fputs("DTSTART;VALUE=DATE:", out);
                print_date(out, days->day[i], "");
                if (next > i + 1) {
                        fputs("\r\nDTEND;VALUE=DATE:", out);
                        print_date(out, days->day[next - 1] + 1, "");
                }
                fputs("\r\nSUMMARY:A day\\, or several\r\nEND:VEVENT\r\n", out);
        }
}

static int write_calendar(const WorldCalendar *calendar, const char *path)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), failed;
        FILE *out = fd < 0 || fchmod(fd, 0644) < 0 ? NULL : fdopen(fd, "w");

        if (out == NULL) {
                failed = -errno;
                if (fd >= 0)
                        close(fd);
                return failed;
        }
        fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//doorward//tests//EN\r\n", out);
        print_events(&calendar->days, out);
        fputs("END:VCALENDAR\r\n", out);
        failed = ferror(out);
        return fclose(out) != 0 || failed ? -EIO : 0;
}

int world_print_calendars(const World *world, const char *directory)
{
        char path[PATH_SIZE], name[WORLD_TEXT_SIZE];
        int r = 0;

        snprintf(path, sizeof(path), "%s/calendars.d", directory);
        for (int k = 0; r == 0 && k < world->organizations_count; k++) {
                const WorldOrganization *o = &world->organizations[k];
                if (o->calendars_count > 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
                        return -errno;
                for (int i = 0; r == 0 && i < o->calendars_count; i++) {
                        char file[PATH_SIZE + WORLD_TEXT_SIZE + 1];
                        print_file_name(o, i, name);
                        snprintf(file, sizeof(file), "%s/%s", path, name);
                        r = write_calendar(&o->calendars[i], file);
                }
        }
        return r;
}
