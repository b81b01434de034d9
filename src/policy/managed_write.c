/* SPDX-License-Identifier: MIT */
/*
 * Managed assignments: writing
 *
 * One line an item, sorted by everything it says, so that the same items always give the same
 * bytes. The strings are made for libconfig 1.5: what could end or disguise one is written as
 * \\xNN.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/managed.h"

static const char HEADER[] =
        "# SPDX-License-Identifier: MIT\n"
        "# Written by doorwardd; while it runs, change it with doorward grant, revoke, migrate,\n"
        "# member and customize.\n";

/* ---- Values ---- */

/* U+2000 to U+207F: among them are marks that turn the direction of writing. */
static bool is_general_punctuation(const unsigned char *byte)
{
        return byte[0] == 0xe2 && (byte[1] == 0x80 || byte[1] == 0x81) && byte[2] >= 0x80;
}

static void string_write(const char *text, FILE *stream)
{
        unsigned escape = 0; /* so many bytes more */
        fputc('"', stream);
        for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
                if (is_general_punctuation(byte))
                        escape = 3;
                if (escape > 0 || *byte < 0x20 || *byte == 0x7f)
                        fprintf(stream, "\\x%02x", *byte);
                else if (*byte == '"' || *byte == '\\')
                        fprintf(stream, "\\%c", *byte);
                else
                        fputc(*byte, stream);
                escape -= escape > 0;
        }
        fputc('"', stream);
}

static void member_write(const char *key, const char *text, FILE *stream)
{
        if (!text)
                return;
        fprintf(stream, " %s = ", key);
        string_write(text, stream);
        fputc(';', stream);
}

static void time_write(const char *key, int64_t time_s, int64_t unstated, FILE *stream)
{
        char text[TIMESTAMP_TEXT_SIZE];
        if (time_s != unstated)
                member_write(key, timestamp_format(time_s, text), stream);
}

static void remark_write(const ModelRemark *remark, FILE *stream)
{
        member_write("by", remark->by, stream);
        time_write("at", remark->at_s, TIMESTAMP_MIN, stream);
        member_write("reason", remark->reason, stream);
}

static void list_write(const char *key, const ReferenceList *list, FILE *stream)
{
        if (list->count == 0)
                return;
        fprintf(stream, " %s = [ ", key);
        for (uint32_t i = 0; i < list->count; i++) {
                fputs(i > 0 ? ", " : "", stream);
                string_write(list->items[i].name, stream);
        }
        fputs(" ];", stream);
}

/* ---- Order ---- */

/* What is not stated comes first. */
static int name_compare(const char *a, const char *b)
{
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

static int number_compare(int64_t a, int64_t b)
{
        return (a > b) - (a < b);
}

static int list_compare(const ReferenceList *a, const ReferenceList *b)
{
        for (uint32_t i = 0; i < a->count && i < b->count; i++) {
                int order = strcmp(a->items[i].name, b->items[i].name);
                if (order != 0)
                        return order;
        }
        return number_compare(a->count, b->count);
}

/* The first comparison that tells the items apart. */
static int first_of(const int *orders, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (orders[i] != 0)
                        return orders[i];
        return 0;
}

#define FIRST_OF(...)                                                                              \
        first_of((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static int remark_compare(const ModelRemark *a, const ModelRemark *b)
{
        return FIRST_OF(number_compare(a->at_s, b->at_s), name_compare(a->by, b->by),
                        name_compare(a->reason, b->reason));
}

static int assignment_compare(const void *left, const void *right)
{
        const ModelAssignment *a = *(ModelAssignment *const *)left;
        const ModelAssignment *b = *(ModelAssignment *const *)right;
        const ModelGrant *first = &a->grant, *second = &b->grant;
        return FIRST_OF(name_compare(a->group.name, b->group.name),
                        name_compare(a->user.name, b->user.name),
                        name_compare(first->role.name, second->role.name),
                        name_compare(first->site.name, second->site.name),
                        number_compare(first->interval.from_s, second->interval.from_s),
                        number_compare(first->interval.until_s, second->interval.until_s),
                        remark_compare(&a->remark, &b->remark));
}

static int membership_compare(const void *left, const void *right)
{
        const ModelMembership *a = *(ModelMembership *const *)left;
        const ModelMembership *b = *(ModelMembership *const *)right;
        return FIRST_OF(name_compare(a->user.name, b->user.name),
                        name_compare(a->group.name, b->group.name),
                        name_compare(a->access_group.name, b->access_group.name),
                        remark_compare(&a->remark, &b->remark));
}

static int migration_compare(const void *left, const void *right)
{
        const ModelMigration *a = *(ModelMigration *const *)left;
        const ModelMigration *b = *(ModelMigration *const *)right;
        return FIRST_OF(name_compare(a->user.name, b->user.name),
                        remark_compare(&a->remark, &b->remark));
}

static int customization_compare(const void *left, const void *right)
{
        const ModelCustomization *a = *(ModelCustomization *const *)left;
        const ModelCustomization *b = *(ModelCustomization *const *)right;
        return FIRST_OF(name_compare(a->role.name, b->role.name), list_compare(&a->add, &b->add),
                        list_compare(&a->remove, &b->remove),
                        remark_compare(&a->remark, &b->remark));
}

/* ---- Items ---- */

static void assignment_write(const void *item, FILE *stream)
{
        const ModelAssignment *assignment = item;
        member_write("user", assignment->user.name, stream);
        member_write("group", assignment->group.name, stream);
        member_write("role", assignment->grant.role.name, stream);
        member_write("site", assignment->grant.site.name, stream);
        time_write("from", assignment->grant.interval.from_s, TIMESTAMP_MIN, stream);
        time_write("until", assignment->grant.interval.until_s, TIMESTAMP_MAX, stream);
        remark_write(&assignment->remark, stream);
}

static void membership_write(const void *item, FILE *stream)
{
        const ModelMembership *membership = item;
        member_write("user", membership->user.name, stream);
        member_write("group", membership->group.name, stream);
        member_write("access_group", membership->access_group.name, stream);
        remark_write(&membership->remark, stream);
}

static void migration_write(const void *item, FILE *stream)
{
        const ModelMigration *migration = item;
        member_write("user", migration->user.name, stream);
        remark_write(&migration->remark, stream);
}

static void customization_write(const void *item, FILE *stream)
{
        const ModelCustomization *customization = item;
        member_write("role", customization->role.name, stream);
        list_write("add", &customization->add, stream);
        list_write("remove", &customization->remove, stream);
        remark_write(&customization->remark, stream);
}

/* One of the file's lists. */
typedef struct ManagedList {
        const char *key;
        const void *items;
        uint32_t count;
        size_t item_size;
        size_t managed; /* offset of the flag */
        int (*compare)(const void *, const void *);
        void (*write)(const void *item, FILE *stream);
} ManagedList;

static int managed_list_write(const ManagedList *list, FILE *stream)
{
        _cleanup_free_ const char **items = calloc((size_t)list->count + 1, sizeof(*items));
        size_t count = 0;
        if (!items)
                return -ENOMEM;
        for (uint32_t i = 0; i < list->count; i++) {
                const char *item = (const char *)list->items + i * list->item_size;
                if (*(const bool *)(item + list->managed))
                        items[count++] = item;
        }
        if (count == 0)
                return 0;
        qsort(items, count, sizeof(*items), list->compare);
        fprintf(stream, "%s = (\n", list->key);
        for (size_t i = 0; i < count; i++) {
                fputs("        {", stream);
                list->write(items[i], stream);
                fputs(i + 1 < count ? " },\n" : " }\n", stream);
        }
        fputs(");\n", stream);
        return 0;
}

#define MANAGED_LIST(list, type, compare, write)                                                   \
        {                                                                                          \
#list, organization->list.items, organization->list.count, sizeof(type),           \
                        offsetof(type, managed), compare, write                                    \
        }

int managed_write(const ModelOrganization *organization, FILE *stream)
{
        const ManagedList lists[] = {
                MANAGED_LIST(assignments, ModelAssignment, assignment_compare, assignment_write),
                MANAGED_LIST(memberships, ModelMembership, membership_compare, membership_write),
                MANAGED_LIST(migrations, ModelMigration, migration_compare, migration_write),
                MANAGED_LIST(customizations, ModelCustomization, customization_compare,
                             customization_write),
        };
        fputs(HEADER, stream);
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
                int result = managed_list_write(&lists[i], stream);
                if (result < 0)
                        return result;
        }
        return ferror(stream) ? -EIO : 0;
}
