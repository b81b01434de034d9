/* SPDX-License-Identifier: MIT */
/*
 * Every list of the policy is a section with a memory stream for each file; an element is written
 * into one of them, and the files are put together at the end.
 */
#include "world_print.h"
#include "reference_roles.h"
#include "world_print_time.h"
#include "world_printer.h"
#include "world_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static const char *const SECTION_NAMES[SECTIONS_COUNT] = {
        "sites",
        "site_additions",
        "groups",
        "access_groups",
        "users",
        "people",
        "access_levels",
        "schedules",
        "floorplans",
        "roll_call_templates",
        "door_exceptions",
        "door_schedules",
        "access_exceptions",
        "calendars",
        "lockdowns",
        "roles",
        "customizations",
        "assignments",
        "memberships",
        "migrations",
};

/* --- Sites: what is not written inside its site is added to it elsewhere --- */

static void print_site(Printer *printer, FILE *out, int site);

static void print_door(Printer *printer, FILE *out, const WorldDoor *door)
{
        fprintf(out, "{ name = \"%s\";", door->name);
        printer_print_title(printer, out);
        printer_print_flag(printer, out, "remote_unlock", door->remote_unlock, true);
        world_print_door_time(printer, out, door);
        fputs(" }", out);
}

static void print_child(Printer *printer, FILE *out, char kind, int index)
{
        const WorldOrganization *o = printer->o;

        if (kind == 's')
                print_site(printer, out, index);
        else if (kind == 'd')
                print_door(printer, out, &o->doors[index]);
        else
                fprintf(out, "{ name = \"%s\"; }", o->hosts[index].name);
}

static int parent_of(const WorldOrganization *o, char kind, int index)
{
        return kind == 's' ? o->sites[index].parent
                           : (kind == 'd' ? o->doors[index].site : o->hosts[index].site);
}

/* Writes the children of one KIND of SITE, some inside it at OUT and some as additions. */
static void print_children(Printer *printer, FILE *out, int site, char kind, const char *key,
                           int count)
{
        int order[ITEMS_MAX], inside = 0;
        char path[WORLD_TEXT_SIZE];
        FILE *addition;

        printer_order(printer, count, order);
        for (int i = 0; i < count; i++) {
                if (parent_of(printer->o, kind, order[i]) != site)
                        continue;
                if (!printer_chance(printer, 15)) {
                        fprintf(out, inside++ > 0 ? ",\n    " : "\n    %s = ( ", key);
                        print_child(printer, out, kind, order[i]);
                        continue;
                }
                /* Into a text of its own first: its own additions go to the same streams. */
                char *text = NULL;
                size_t size = 0;
                FILE *memory = open_memstream(&text, &size);
                print_child(printer, memory, kind, order[i]);
                fclose(memory);
                printer_site_path(printer->o, site, path);
                addition = printer_element(printer, SECTION_SITE_ADDITIONS);
                fprintf(addition, "{ site = \"%s\"; %s = ( %s ); }", path, key, text);
                free(text);
        }
        if (inside > 0)
                fputs(" );", out);
}

static void print_site(Printer *printer, FILE *out, int site)
{
        const WorldOrganization *o = printer->o;

        fprintf(out, "{ name = \"%s\";", o->sites[site].name);
        printer_print_title(printer, out);
        printer_print_flag(printer, out, "remote_unlock", o->sites[site].remote_unlock, true);
        printer_print_zone(out, o->sites[site].zone);
        print_children(printer, out, site, 'd', "doors", o->doors_count);
        print_children(printer, out, site, 'h', "hosts", o->hosts_count);
        print_children(printer, out, site, 's', "sites", o->sites_count);
        fputs(" }", out);
}

/* --- One element of each section --- */

static void print_top_site(Printer *printer, Section section, int i)
{
        if (printer->o->sites[i].parent == WORLD_NONE)
                print_site(printer, printer_element(printer, section), i);
}

static void print_group(Printer *printer, Section section, int i)
{
        const WorldGroup *group = &printer->o->groups[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", group->name);
        printer_print_flag(printer, out, "synced", group->synced, false);
        printer_print_gid(printer, out, group->gid);
        printer_print_grants(printer, out, "group", group->name, &group->grants);
        fputs(" }", out);
}

static void print_access_group(Printer *printer, Section section, int i)
{
        const WorldAccessGroup *group = &printer->o->access_groups[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", group->name);
        printer_print_flag(printer, out, "synced", group->synced, false);
        fputs(" }", out);
}

static void print_user(Printer *printer, Section section, int i)
{
        const WorldOrganization *o = printer->o;
        const WorldUser *user = &o->users[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", user->name);
        printer_print_title(printer, out);
        if (user->uid != WORLD_NONE)
                fprintf(out, " uid = %d;", user->uid);
        printer_print_flag(printer, out, "member", user->member, true);
        printer_print_flag(printer, out, "synced", user->synced, false);
        printer_print_flag(printer, out, "remote_unlock", user->remote_unlock, true);
        printer_print_groups(printer, out, user->name, "groups", "group", &user->groups, o->groups,
                             sizeof(o->groups[0]));
        printer_print_groups(printer, out, user->name, "access_groups", "access_group",
                             &user->access_groups, o->access_groups, sizeof(o->access_groups[0]));
        if (user->suspended || user->access.from_s != INT64_MIN ||
            user->access.until_s != INT64_MAX || printer_chance(printer, 20)) {
                fputs(" access = {", out);
                printer_print_flag(printer, out, "suspended", user->suspended, false);
                printer_print_interval(printer, out, &user->access);
                fputs(" };", out);
        }
        printer_print_grants(printer, out, "user", user->name, &user->grants);
        fputs(" }", out);
        if (!user->migrated)
                return;
        out = printer_element(printer, SECTION_MIGRATIONS);
        fprintf(out, "{ user = \"%s\";", user->name);
        printer_print_remarks(printer, out);
        fputs(" }", out);
}

static void print_people(Printer *printer, Section section, int i)
{
        const WorldOrganization *o = printer->o;
        const WorldPeople *people = &o->people[i];
        FILE *out = printer_element(printer, section);

        fputc('{', out);
        printer_print_gid(printer, out, people->gid);
        printer_print_names(printer, out, "groups", &people->groups, o->groups,
                            sizeof(o->groups[0]));
        printer_print_names(printer, out, "access_groups", &people->access_groups, o->access_groups,
                            sizeof(o->access_groups[0]));
        fputs(" }", out);
}

static void print_level(Printer *printer, Section section, int i)
{
        const WorldOrganization *o = printer->o;
        const WorldLevel *level = &o->levels[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", level->name);
        printer_print_doors(printer, out, &level->doors);
        printer_print_names(printer, out, "access_groups", &level->access_groups, o->access_groups,
                            sizeof(o->access_groups[0]));
        if (level->schedule != WORLD_NONE)
                fprintf(out, " schedule = \"%s\";", o->schedules[level->schedule].name);
        fputs(" }", out);
}

static void print_floorplan(Printer *printer, Section section, int i)
{
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ name = \"%s\";", printer->o->floorplans[i].name);
        printer_print_doors(printer, out, &printer->o->floorplans[i].doors);
        fputs(" }", out);
}

static void print_template(Printer *printer, Section section, int i)
{
        const WorldTemplate *template = &printer->o->templates[i];
        char path[WORLD_TEXT_SIZE];

        printer_site_path(printer->o, template->site, path);
        fprintf(printer_element(printer, section), "{ name = \"%s\"; site = \"%s\"; }",
                template->name, path);
}

static void print_custom_role(Printer *printer, Section section, int i)
{
        static const char *const ACTIONS[] = { "create", "read", "update", "delete" };
        const WorldOrganization *o = printer->o;
        const WorldCustomRole *role = &o->custom_roles[i];
        FILE *out = printer_element(printer, section);
        int order[ITEMS_MAX], written = 0;

        fprintf(out, "{ name = \"%s\";", role->name);
        printer_print_title(printer, out);
        for (int k = 0; k < o->entities_count; k++) {
                int actions = 0;
                if (role->actions[k] == 0)
                        continue;
                fprintf(out, "%s{ entity = \"%s\"; actions = [",
                        written++ > 0 ? ", " : " entities = ( ", o->entities[k].name);
                printer_order(printer, 4, order);
                for (int a = 0; a < 4; a++)
                        if (role->actions[k] >> order[a] & 1)
                                fprintf(out, "%s \"%s\"", actions++ > 0 ? "," : "",
                                        ACTIONS[order[a]]);
                fputs(" ]; }", out);
        }
        fputs(written > 0 ? " ); }" : " }", out);
}

static void print_permissions(const Printer *printer, FILE *out, const char *key,
                              const WorldList *list)
{
        int order[ITEMS_MAX];

        if (list->count == 0 && !printer_chance(printer, 30))
                return;
        printer_order(printer, list->count, order);
        fprintf(out, " %s = [", key);
        for (int i = 0; i < list->count; i++)
                fprintf(out, "%s \"%s\"", i > 0 ? "," : "",
                        REFERENCE_PERMISSIONS[list->item[order[i]]].name);
        fputs(" ];", out);
}

static void print_customization(Printer *printer, Section section, int i)
{
        const WorldCustomization *customization = &printer->o->customizations[i];
        FILE *out = printer_element(printer, section);

        fprintf(out, "{ role = \"%s\";", REFERENCE_ROLES[customization->role].name);
        print_permissions(printer, out, "add", &customization->add);
        print_permissions(printer, out, "remove", &customization->remove);
        printer_print_remarks(printer, out);
        fputs(" }", out);
}

/* Entities are bare names, all in one place. */
static void print_entities(const Printer *printer, FILE *out)
{
        const WorldOrganization *o = printer->o;
        int order[ITEMS_MAX];

        printer_order(printer, o->entities_count, order);
        fputs("entities = [", out);
        for (int i = 0; i < o->entities_count; i++)
                fprintf(out, "%s \"%s\"", i > 0 ? "," : "", o->entities[order[i]].name);
        fputs(" ];\n", out);
}

/* --- Files --- */

static void print_sections(Printer *printer)
{
        const WorldOrganization *o = printer->o;
        const struct {
                void (*print)(Printer *printer, Section section, int i);
                int count;
                Section section;
        } LISTS[] = { { print_top_site, o->sites_count, SECTION_SITES },
                      { print_group, o->groups_count, SECTION_GROUPS },
                      { print_access_group, o->access_groups_count, SECTION_ACCESS_GROUPS },
                      { print_user, o->users_count, SECTION_USERS },
                      { print_people, o->people_count, SECTION_PEOPLE },
                      { print_level, o->levels_count, SECTION_LEVELS },
                      { world_print_schedule, o->schedules_count, SECTION_SCHEDULES },
                      { print_floorplan, o->floorplans_count, SECTION_FLOORPLANS },
                      { print_template, o->templates_count, SECTION_TEMPLATES },
                      { world_print_exception, o->exceptions_count, SECTION_EXCEPTIONS },
                      { world_print_access_exception, o->access_exceptions_count,
                        SECTION_ACCESS_EXCEPTIONS },
                      { world_print_calendar, o->calendars_count, SECTION_CALENDARS },
                      { world_print_lockdown, o->lockdowns_count, SECTION_LOCKDOWNS },
                      { print_custom_role, o->custom_roles_count, SECTION_ROLES },
                      { print_customization, o->customizations_count, SECTION_CUSTOMIZATIONS } };
        int order[ITEMS_MAX];

        for (size_t k = 0; k < sizeof(LISTS) / sizeof(LISTS[0]); k++) {
                printer_order(printer, LISTS[k].count, order);
                for (int i = 0; i < LISTS[k].count; i++)
                        LISTS[k].print(printer, LISTS[k].section, order[i]);
        }
}

static FILE *create_file(const char *path)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        FILE *out;

        if (fd < 0)
                return NULL;
        out = fchmod(fd, 0644) < 0 ? NULL : fdopen(fd, "w");
        if (out == NULL)
                close(fd);
        return out;
}

static int create_folder(const char *path)
{
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return -errno;
        return chmod(path, 0755) < 0 ? -errno : 0;
}

static void print_organization(const Printer *printer, FILE *out)
{
        const WorldOrganization *o = printer->o;

        fprintf(out, "organization = { name = \"%s\";", o->name);
        printer_print_title(printer, out);
        printer_print_zone(out, o->zone);
        printer_print_flag(printer, out, "remote_unlock", o->remote_unlock, true);
        fputs(" };\n", out);
}

/* Puts file number FILE together; file 0 is the organization's own. */
static int print_file(Printer *printer, int file, const char *path)
{
        FILE *out = create_file(path);
        int order[ITEMS_MAX], failed;

        if (out == NULL)
                return -errno;
        fputs("# SPDX-License-Identifier: MIT\n", out);
        if (file == 0)
                print_organization(printer, out);
        if (file == printer->files_count - 1 && printer->o->entities_count > 0)
                print_entities(printer, out);
        printer_order(printer, SECTIONS_COUNT, order);
        for (int i = 0; i < SECTIONS_COUNT; i++) {
                const char *text = printer->text[file][order[i]];
                if (text[0] != '\0' || printer_chance(printer, 5))
                        fprintf(out, "%s = (\n%s );\n", SECTION_NAMES[order[i]], text);
        }
        failed = ferror(out);
        if (fclose(out) != 0 || failed)
                return -EIO;
        return 0;
}

static int write_files(Printer *printer, const char *directory)
{
        static const char *const FRAGMENTS[FILES_MAX] = { "", "10-a", "9", "Z_last" };
        char path[PATH_SIZE];
        int r;

        snprintf(path, sizeof(path), "%s/organizations.d/%s.d", directory, printer->o->name);
        r = printer->files_count > 1 ? create_folder(path) : 0;
        for (int file = 0; r == 0 && file < printer->files_count; file++) {
                if (file == 0)
                        snprintf(path, sizeof(path), "%s/organizations.d/%s.conf", directory,
                                 printer->o->name);
                else
                        snprintf(path, sizeof(path), "%s/organizations.d/%s.d/%s.conf", directory,
                                 printer->o->name, FRAGMENTS[file]);
                r = print_file(printer, file, path);
        }
        return r;
}

static int print_one(const WorldOrganization *o, Random *random, const char *directory)
{
        Printer printer = { .o = o, .random = random, .files_count = 1 };
        int r;

        if (random != NULL && random_chance(random, 60))
                printer.files_count = 1 + random_below(random, FILES_MAX);
        for (int f = 0; f < FILES_MAX; f++)
                for (int s = 0; s < SECTIONS_COUNT; s++) {
                        printer.stream[f][s] =
                                open_memstream(&printer.text[f][s], &printer.size[f][s]);
                        if (printer.stream[f][s] == NULL)
                                abort(); /* out of memory in a test */
                }
        print_sections(&printer);
        for (int f = 0; f < FILES_MAX; f++)
                for (int s = 0; s < SECTIONS_COUNT; s++)
                        fclose(printer.stream[f][s]);
        r = write_files(&printer, directory);
        for (int f = 0; f < FILES_MAX; f++)
                for (int s = 0; s < SECTIONS_COUNT; s++)
                        free(printer.text[f][s]);
        return r;
}

int world_print(const World *world, Random *random, const char *directory)
{
        char path[PATH_SIZE];
        int r;

        snprintf(path, sizeof(path), "%s/organizations.d", directory);
        r = create_folder(path);
        for (int i = 0; r == 0 && i < world->organizations_count; i++)
                r = print_one(&world->organizations[i], random, directory);
        return r == 0 ? world_print_calendars(world, directory) : r;
}
