/* SPDX-License-Identifier: MIT */
/* Journal entries: see journal_entry.h. */
#include "daemon/journal_entry.h"

#include "policy/vocabulary.h"

#define ESCAPED_MAX 4 /* bytes that one byte may become: \xNN */

/* Most texts are plain names: they are copied as they are. */
static bool is_plain(Text text)
{
        for (size_t i = 0; i < text.size; i++)
                if (text.data[i] < ' ' || text.data[i] > '~' || text.data[i] == '\\')
                        return false;
        return text.size <= JOURNAL_TEXT_MAX;
}

static size_t room_for(Text text)
{
        if (is_plain(text))
                return text.size + 1;
        size_t size = ESCAPED_MAX * text.size + 8;
        return size < JOURNAL_TEXT_MAX ? size : JOURNAL_TEXT_MAX;
}

static Text copy(Text text, char *buffer)
{
        if (is_plain(text)) {
                if (text.size)
                        memcpy(buffer, text.data, text.size);
                return (Text){ buffer, text.size };
        }
        return text_from(text_escape(text, buffer, room_for(text)));
}

/* Return: the end of the copy. */
static char *copy_fact(Text fact, Text *ret_copy, char *buffer)
{
        if (fact.size)
                memcpy(buffer, fact.data, fact.size);
        *ret_copy = (Text){ buffer, fact.size };
        return buffer + fact.size;
}

JournalEntry *journal_entry_new(const JournalRow *row)
{
        size_t size = 0;
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                size += room_for(row->texts[i]);
        size += room_for(row->texts[JOURNAL_RESOURCE]) + 1; /* the site */
        for (size_t i = 0; i < JOURNAL_FACT_COUNT; i++)
                size += row->facts[i].size;
        JournalEntry *entry = malloc(sizeof(*entry) + size);
        if (!entry)
                return NULL;
        *entry = (JournalEntry){ .row = *row };
        char *buffer = entry->bytes;
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++) {
                entry->row.texts[i] = copy(row->texts[i], buffer);
                buffer += room_for(row->texts[i]);
        }
        entry->event_class = journal_class(row->texts[JOURNAL_KIND]);
        entry->site = journal_site(entry->row.texts[JOURNAL_RESOURCE], buffer);
        buffer += entry->site.size;
        for (size_t i = 0; i < JOURNAL_FACT_COUNT; i++)
                buffer = copy_fact(row->facts[i], &entry->row.facts[i], buffer);
        return entry;
}

JournalRow journal_entry_not_made(const JournalRow *row, Text why)
{
        JournalRow not_made = *row;
        not_made.is_minor = false;
        not_made.effect = JOURNAL_EFFECT_NONE;
        not_made.sequence = 0;
        not_made.texts[JOURNAL_KIND] = TEXT_LITERAL("alarm");
        not_made.texts[JOURNAL_DECISION] = text_from(outcome_name(OUTCOME_ERROR));
        not_made.texts[JOURNAL_REASON] = TEXT_LITERAL("change-not-made");
        not_made.texts[JOURNAL_GRANTED_BY] = TEXT_NULL;
        not_made.texts[JOURNAL_WHY] = why;
        not_made.texts[JOURNAL_AFTER] = row->texts[JOURNAL_BEFORE];
        return not_made;
}

JournalEntry *journal_entry_free(JournalEntry *entry)
{
        if (entry)
                free(entry->changes);
        free(entry);
        return NULL;
}

JournalEntry *journal_entries_free(JournalEntry *first)
{
        while (first) {
                JournalEntry *next = first->next;
                (void)journal_entry_free(first);
                first = next;
        }
        return NULL;
}
