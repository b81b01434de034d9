/* SPDX-License-Identifier: MIT */
/* Roles: cell. Entries become alternatives, each with at most one further role. */
#include "cli/roles_cell.h"

#include <stdio.h>
#include <stdlib.h>

/* One way in which the role gives the permission. */
typedef struct Alternative {
        uint32_t conditions;
        uint32_t also; /* role that must be held too, or IMAGE_NONE */
        ImagePlace place;
        size_t sequence;
} Alternative;

const char *roles_condition_words(unsigned bit)
{
        static const char *const WORDS[] = {
                "his own access opens the door now",
                "the target is not synced",
                "the target is not himself",
                "the schedule exists",
                "the door exception exists",
                "the template exists",
                "the roll call is active",
                "the floorplan shows a door of the site",
                "the target has a legacy role",
                "the target is himself",
                "the target is a member",
                "the archive is not private",
                "it is before 14 November 2024",
                "he sees the site",
                "the role can be customized so",
                "a code is given where one is required",
        };
        _Static_assert(sizeof(WORDS) / sizeof(*WORDS) == CONDITION_COUNT, "one for each condition");
        return bit < CONDITION_COUNT ? WORDS[bit] : NULL;
}

static int compare_places(const void *left, const void *right)
{
        const Alternative *a = left, *b = right;
        if (a->place.file != b->place.file)
                return a->place.file < b->place.file ? -1 : 1;
        if (a->place.line != b->place.line)
                return a->place.line < b->place.line ? -1 : 1;
        return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static void add(Alternative *alternatives, size_t *count, Alternative alternative)
{
        for (size_t i = 0; i < *count; i++)
                if (alternatives[i].conditions == alternative.conditions &&
                    alternatives[i].also == alternative.also)
                        return;
        alternative.sequence = *count;
        alternatives[(*count)++] = alternative;
}

/* Collects the ways of one permission. Return: 0 and an array (owned by the caller), -1. */
static int collect(const Image *image, const ImageRole *role, uint32_t permission,
                   Alternative **ret_alternatives, size_t *ret_count)
{
        uint32_t entry_count, also_count;
        const ImageEntry *entries = image_entries(image, role->entries, &entry_count);
        size_t room = 1, count = 0;
        for (uint32_t i = 0; i < entry_count; i++)
                if (entries[i].permission == permission)
                        room += 1 + (size_t)entries[i].also.count;
        Alternative *alternatives = calloc(room, sizeof(*alternatives));
        if (!alternatives)
                return -1;
        for (uint32_t i = 0; i < entry_count; i++) {
                if (entries[i].permission != permission)
                        continue;
                Alternative alternative = { .conditions = entries[i].conditions,
                                            .also = IMAGE_NONE,
                                            .place = entries[i].place };
                const uint32_t *also = image_numbers(image, entries[i].also, &also_count);
                if (also_count == 0)
                        add(alternatives, &count, alternative);
                for (uint32_t k = 0; k < also_count; k++) {
                        alternative.also = also[k];
                        add(alternatives, &count, alternative);
                }
        }
        qsort(alternatives, count, sizeof(*alternatives), compare_places);
        *ret_alternatives = alternatives;
        *ret_count = count;
        return 0;
}

static bool is_unconditional(const Alternative *alternative)
{
        return alternative->conditions == 0 && alternative->also == IMAGE_NONE;
}

static void write_alternative(const Image *image, const Alternative *alternative, CellStyle style,
                              FILE *stream)
{
        const char *separator = "";
        for (unsigned bit = 0; bit < CONDITION_COUNT; bit++) {
                if (!(alternative->conditions & 1u << bit))
                        continue;
                fprintf(stream, "%s%s", separator,
                        style == CELL_WORDS ? roles_condition_words(bit)
                                            : condition_name((Condition)(1u << bit)));
                separator = style == CELL_WORDS ? " and " : ";";
        }
        const ImageRole *also = image_role(image, alternative->also);
        if (also)
                fprintf(stream, "%s%s%s", separator, style == CELL_WORDS ? "he is " : "also:",
                        image_string(image, also->name).data);
        if (also && style == CELL_WORDS)
                fputs(" too", stream);
}

static void write_cell(const Image *image, const Alternative *alternatives, size_t count,
                       CellStyle style, FILE *stream)
{
        if (count == 0)
                return;
        for (size_t i = 0; i < count; i++) {
                if (is_unconditional(&alternatives[i])) {
                        fputs("allow", stream);
                        return;
                }
        }
        fputs(style == CELL_WORDS ? "if " : "allow-if:", stream);
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        fputs(style == CELL_WORDS ? ", or if " : "|", stream);
                write_alternative(image, &alternatives[i], style, stream);
        }
}

char *roles_cell_text(const Image *image, uint32_t role, uint32_t permission, CellStyle style)
{
        const ImageRole *record = image_role(image, role);
        Alternative *alternatives = NULL;
        size_t count = 0, size;
        char *text = NULL;
        if (record && collect(image, record, permission, &alternatives, &count) < 0)
                return NULL;
        FILE *stream = open_memstream(&text, &size);
        if (stream) {
                write_cell(image, alternatives, count, style, stream);
                if (fclose(stream) != 0) {
                        free(text);
                        text = NULL;
                }
        }
        free(alternatives);
        return text;
}
