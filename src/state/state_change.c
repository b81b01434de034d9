/* SPDX-License-Identifier: MIT */
/* State changes: see state_change.h. */
#include "state/state_change.h"

#include "util/name.h"

bool state_change_is_valid(const StateChange *change)
{
        switch (change->kind) {
        case STATE_CHANGE_PUT:
                return live_record_is_valid(&change->record);
        case STATE_CHANGE_REMOVE:
                return (unsigned)change->record.kind < LIVE_KIND_COUNT;
        case STATE_CHANGE_HIGHEST:
        case STATE_CHANGE_COVERS:
        case STATE_CHANGE_RESET:
                return true;
        case STATE_CHANGE_SAVE_REPORT:
        case STATE_CHANGE_DELETE_REPORT:
                return name_is_valid(change->record.resource) &&
                       name_is_valid_user(change->record.note.by) &&
                       change->record.note.why.size <= LIVE_TEXT_MAX;
        }
        return false;
}

static size_t size_of_texts(const LiveRecord *record)
{
        return record->resource.size + record->note.by.size + record->note.why.size +
               record->note.decision_id.size;
}

static void copy_text(Text *text, char **buffer)
{
        if (text->size)
                memcpy(*buffer, text->data, text->size);
        text->data = *buffer;
        *buffer += text->size;
}

StateChange *state_changes_copy(const StateChange *changes, size_t count)
{
        size_t size = count * sizeof(*changes);
        for (size_t i = 0; i < count; i++)
                size += size_of_texts(&changes[i].record);
        StateChange *copy = malloc(size + 1);
        if (!copy)
                return NULL;
        char *buffer = (char *)(copy + count);
        for (size_t i = 0; i < count; i++) {
                copy[i] = changes[i];
                copy_text(&copy[i].record.resource, &buffer);
                copy_text(&copy[i].record.note.by, &buffer);
                copy_text(&copy[i].record.note.why, &buffer);
                copy_text(&copy[i].record.note.decision_id, &buffer);
        }
        return copy;
}
