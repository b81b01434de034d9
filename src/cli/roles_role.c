/* SPDX-License-Identifier: MIT */
/* Roles: one role. What differs is found by comparing entries, why is what the customization says.
 */
#include "cli/roles_role.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"
#include "cli/roles_text.h"
#include "util/cleanup.h"

/* One line of the table. */
typedef struct Line {
        const ImageEntry *entry;
        bool now, by_default;   /* of a role as an organization has it */
        const char *customized; /* FILE:LINE, or NULL */
} Line;

/* A role, its two sets of entries, and how they are printed. The sets are the same where nothing
 * was customized. */
typedef struct View {
        const Image *image;
        const ImageOrganization *organization; /* NULL: as the catalogue has it */
        const ImageRole *role;                 /* as the catalogue has it, or the custom role */
        const ImageRole *variant;              /* NULL: not customized */
        bool compares; /* now and by default are told apart: a role of its own has no default */
        bool json;
} View;

const ImageRole *roles_variant(const Image *image, const ImageOrganization *organization,
                               uint32_t role)
{
        ImageRange range = organization ? organization->roles : (ImageRange){ 0 };
        for (uint32_t i = 0; i < range.count; i++) {
                const ImageRole *other = image_role(image, range.first + i);
                if (other && !(other->flags & IMAGE_ROLE_CUSTOM) && other->base == role)
                        return other;
        }
        return NULL;
}

static bool ranges_equal(const Image *image, ImageRange a, ImageRange b)
{
        uint32_t a_count, b_count;
        const uint32_t *left = image_numbers(image, a, &a_count);
        const uint32_t *right = image_numbers(image, b, &b_count);
        return a_count == b_count &&
               (a_count == 0 || memcmp(left, right, a_count * sizeof(*left)) == 0);
}

/* Says whether a role has an entry that gives the same. */
static bool role_has(const Image *image, const ImageRole *role, const ImageEntry *entry)
{
        uint32_t count;
        const ImageEntry *entries = image_entries(image, role->entries, &count);
        for (uint32_t i = 0; i < count; i++)
                if (entries[i].permission == entry->permission &&
                    entries[i].scopes == entry->scopes &&
                    entries[i].conditions == entry->conditions &&
                    entries[i].any_site == entry->any_site &&
                    ranges_equal(image, entries[i].also, entry->also) &&
                    ranges_equal(image, entries[i].entities, entry->entities))
                        return true;
        return false;
}

/* Where the organization added a permission to the role, or removed it. Return: buffer, or NULL. */
static const char *customization_place(const View *view, uint32_t permission, bool added,
                                       char *buffer, size_t size)
{
        uint32_t count;
        const ImageCustomization *list =
                image_customizations(view->image, view->variant->customizations, &count);
        for (uint32_t i = 0; i < count; i++)
                if (list[i].permission == permission && (list[i].added != 0) == added)
                        return image_place(view->image, list[i].place, buffer, size);
        return NULL;
}

static int print_json(const View *view, const Line *line, const char *name, const char *scope,
                      const char *when)
{
        json_t *object =
                json_pack("{s:s, s:s, s:s}", "permission", name, "scope", scope, "when", when);
        if (object && view->compares &&
            json_object_update_new(object, json_pack("{s:b, s:b}", "now", line->now, "default",
                                                     line->by_default)) < 0) {
                json_decref(object);
                object = NULL;
        }
        if (object && line->customized &&
            json_object_set_new(object, "customized", json_string(line->customized)) < 0) {
                json_decref(object);
                object = NULL;
        }
        return output_json(object);
}

static int print_line(const View *view, const Line *line)
{
        const ImagePermission *permission = image_permission(view->image, line->entry->permission);
        _cleanup_free_ char *scope = roles_scope_text(view->image, line->entry);
        _cleanup_free_ char *when = roles_when_text(view->image, line->entry);
        if (!scope || !when)
                return output_out_of_memory();
        const char *name = permission ? image_string(view->image, permission->name).data : "?";
        if (view->json)
                return print_json(view, line, name, scope, when);
        printf("%-36s ", name);
        if (view->compares)
                printf("%-4s %-8s ", line->now ? "yes" : "no", line->by_default ? "yes" : "no");
        printf("%-20s %s", scope, when);
        if (line->customized)
                printf("  %s at %s", line->now ? "added" : "removed", line->customized);
        putchar('\n');
        return 0;
}

/* Prints the entries of one of the two sets; skip leaves out what stands in the other. */
static int print_set(const View *view, const ImageRole *set, const ImageRole *other, bool now,
                     bool only_missing)
{
        uint32_t count;
        const ImageEntry *entries = image_entries(view->image, set->entries, &count);
        for (uint32_t i = 0; i < count; i++) {
                char place[IMAGE_PLACE_SIZE];
                bool both = role_has(view->image, other, &entries[i]);
                Line line = { .entry = &entries[i],
                              .now = now || both,
                              .by_default = !now || both };
                if (both && only_missing)
                        continue;
                if (!both)
                        line.customized = customization_place(view, entries[i].permission, now,
                                                              place, sizeof(place));
                if (print_line(view, &line) != 0)
                        return EXIT_UNABLE;
        }
        return 0;
}

static int print_entries(const View *view)
{
        if (!view->variant)
                return print_set(view, view->role, view->role, true, false);
        int status = print_set(view, view->variant, view->role, true, false);
        return status != 0 ? status : print_set(view, view->role, view->variant, false, true);
}

static void print_head(const View *view)
{
        const Image *image = view->image;
        printf("%s (%s)", image_string(image, view->role->title).data,
               image_string(image, view->role->name).data);
        if (view->organization)
                printf(" in organization:%s%s", image_string(image, view->organization->name).data,
                       view->role->flags & IMAGE_ROLE_CUSTOM ? ", a role of its own"
                       : view->variant                       ? ", customized"
                                                             : ", as by default");
        printf("\n%s\n\n%-36s ", image_string(image, view->role->description).data, "PERMISSION");
        if (view->compares)
                printf("%-4s %-8s ", "NOW", "DEFAULT");
        printf("%-20s %s\n", "SCOPE", "WHEN");
}

static int print_implied(const View *view)
{
        uint32_t count;
        const uint32_t *implied = image_numbers(view->image, view->role->implies, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *other = image_role(view->image, implied[i]);
                const char *name = other ? image_string(view->image, other->name).data : "?";
                if (view->json &&
                    output_json(json_pack("{s:s, s:s}", "implies", name, "at", "all-sites")) != 0)
                        return EXIT_UNABLE;
                if (!view->json)
                        printf("and the role %s at all sites of the organization\n", name);
        }
        return 0;
}

int roles_role_print(const Image *image, uint32_t organization, const char *name, bool json)
{
        uint32_t index = image_find_role(image, organization, text_from(name));
        View view = { .image = image,
                      .organization = image_organization(image, organization),
                      .role = image_role(image, index),
                      .json = json };
        if (!view.role) {
                complain("roles", "there is no role '%s'; `doorward roles` lists all", name);
                return EXIT_UNABLE;
        }
        view.compares = view.organization && !(view.role->flags & IMAGE_ROLE_CUSTOM);
        view.variant = roles_variant(image, view.organization, index);
        if (!json)
                print_head(&view);
        int status = print_entries(&view);
        return status != 0 ? status : print_implied(&view);
}
