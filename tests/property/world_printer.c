/* SPDX-License-Identifier: MIT */
/* The parts that the elements of a policy have in common. */
#include "world_printer.h"
#include "world_text.h"

bool printer_chance(const Printer *printer, int percent)
{
        return printer->random != NULL && random_chance(printer->random, percent);
}

void printer_order(const Printer *printer, int count, int *ret_order)
{
        for (int i = 0; i < count; i++) {
                int k = printer->random == NULL ? i : random_below(printer->random, i + 1);
                ret_order[i] = ret_order[k];
                ret_order[k] = i;
        }
}

FILE *printer_element(Printer *printer, Section section)
{
        int file =
                printer->random == NULL ? 0 : random_below(printer->random, printer->files_count);
        FILE *stream = printer->stream[file][section];

        fputs(ftell(stream) > 0 ? ",\n  " : "  ", stream);
        return stream;
}

static void print_time(const Printer *printer, FILE *out, const char *key, int64_t time_s)
{
        static const int OFFSETS[] = { 0, 60, -300, 330, 0 };
        char text[WORLD_NAME_SIZE];

        if (time_s == INT64_MIN || time_s == INT64_MAX)
                return;
        world_text_time(time_s,
                        printer->random == NULL ? 0 : OFFSETS[random_below(printer->random, 5)],
                        text);
        fprintf(out, " %s = \"%s\";", key, text);
}

void printer_print_interval(const Printer *printer, FILE *out, const WorldInterval *interval)
{
        print_time(printer, out, "from", interval->from_s);
        print_time(printer, out, "until", interval->until_s);
}

void printer_print_flag(const Printer *printer, FILE *out, const char *key, bool value, bool usual)
{
        if (value != usual || printer_chance(printer, 25))
                fprintf(out, " %s = %s;", key, value ? "true" : "false");
}

void printer_print_title(const Printer *printer, FILE *out)
{
        if (printer_chance(printer, 20))
                fputs(" title = \"A \\\"title\\\", { with ; signs # // and @include \\\\ "
                      "\\xc3\\xbc\";",
                      out);
}

void printer_print_names(const Printer *printer, FILE *out, const char *key, const WorldList *list,
                         const void *base, size_t size)
{
        int order[ITEMS_MAX];

        if (list->count == 0 && !printer_chance(printer, 30))
                return;
        printer_order(printer, list->count, order);
        fprintf(out, " %s = [", key);
        for (int i = 0; i < list->count; i++)
                fprintf(out, "%s \"%s\"", i > 0 ? "," : "",
                        (const char *)base + (size_t)list->item[order[i]] * size);
        fputs(" ];", out);
}

void printer_print_zone(FILE *out, WorldZone zone)
{
        if (zone != ZONE_NOT_STATED)
                fprintf(out, " timezone = \"%s\";", WORLD_ZONE_NAMES[zone]);
}

void printer_print_doors(const Printer *printer, FILE *out, const WorldList *list)
{
        const WorldOrganization *o = printer->o;
        char path[WORLD_TEXT_SIZE];
        int order[ITEMS_MAX];

        printer_order(printer, list->count, order);
        fputs(" doors = [", out);
        for (int i = 0; i < list->count; i++) {
                const WorldDoor *door = &o->doors[list->item[order[i]]];
                world_text_path(o, door->site, door->name, path);
                fprintf(out, "%s \"%s\"", i > 0 ? "," : "", path);
        }
        fputs(" ];", out);
}

void printer_site_path(const WorldOrganization *o, int site, char *ret_path)
{
        world_text_path(o, o->sites[site].parent, o->sites[site].name, ret_path);
}

void printer_print_remarks(const Printer *printer, FILE *out)
{
        if (printer_chance(printer, 30))
                fputs(" by = \"somebody\";", out);
        if (printer_chance(printer, 30))
                fputs(" at = \"2026-01-01T00:00:00Z\";", out);
        if (printer_chance(printer, 30))
                fputs(" reason = \"It was { needed }; # so\";", out);
}

static void print_grant(const Printer *printer, FILE *out, const WorldGrant *grant)
{
        char path[WORLD_TEXT_SIZE];

        fprintf(out, " role = \"%s\";", world_text_role(printer->o, grant->role));
        if (grant->site != WORLD_NONE) {
                printer_site_path(printer->o, grant->site, path);
                fprintf(out, " site = \"%s\";", path);
        }
        printer_print_interval(printer, out, &grant->interval);
}

void printer_print_grants(Printer *printer, FILE *out, const char *kind, const char *name,
                          const WorldGrants *grants)
{
        int order[ITEMS_MAX], inside = 0;

        printer_order(printer, grants->count, order);
        for (int i = 0; i < grants->count; i++) {
                const WorldGrant *grant = &grants->item[order[i]];
                FILE *assignment;
                if (!printer_chance(printer, 20)) {
                        fputs(inside++ > 0 ? ", {" : "\n    roles = ( {", out);
                        print_grant(printer, out, grant);
                        fputs(" }", out);
                        continue;
                }
                assignment = printer_element(printer, SECTION_ASSIGNMENTS);
                fprintf(assignment, "{ %s = \"%s\";", kind, name);
                print_grant(printer, assignment, grant);
                printer_print_remarks(printer, assignment);
                fputs(" }", assignment);
        }
        if (inside > 0)
                fputs(" );", out);
}

void printer_print_groups(Printer *printer, FILE *out, const char *user, const char *key,
                          const char *kind, const WorldList *list, const void *base, size_t size)
{
        WorldList inside = { .count = 0 };

        for (int i = 0; i < list->count; i++) {
                FILE *membership;
                if (!printer_chance(printer, 20)) {
                        inside.item[inside.count++] = list->item[i];
                        continue;
                }
                membership = printer_element(printer, SECTION_MEMBERSHIPS);
                fprintf(membership, "{ user = \"%s\"; %s = \"%s\";", user, kind,
                        (const char *)base + (size_t)list->item[i] * size);
                printer_print_remarks(printer, membership);
                fputs(" }", membership);
        }
        printer_print_names(printer, out, key, &inside, base, size);
}

void printer_print_gid(const Printer *printer, FILE *out, int gid)
{
        const char *name = NULL;

        if (gid == WORLD_NONE)
                return;
        for (int i = 0; i < WORLD_GIDS_COUNT; i++)
                if (WORLD_GIDS[i].gid == gid)
                        name = WORLD_GIDS[i].name;
        if (name != NULL && printer_chance(printer, 50))
                fprintf(out, " unix_group = \"%s\";", name);
        else
                fprintf(out, " unix_gid = %d;", gid);
}
