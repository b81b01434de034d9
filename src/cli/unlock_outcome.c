/* SPDX-License-Identifier: MIT */
/* Unlock outcome: see unlock_outcome.h. */
#include "cli/unlock_outcome.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "util/deadline.h"

#define TOKEN_SIZE  64
#define OBSERVED_MS 1000

static const struct {
        const char *state, *words;
        bool is_open; /* something more is to come */
} states[] = {
        { "given", "not taken yet by its gateway", true },
        { "handed-over", "its gateway has it, and has not said yet what became of it", true },
        { "consumed", "taken by a program, which has not said yet what became of it", true },
        { "commanded", "the controller says that it unlocks the door", false },
        { "command-refused", "the controller has refused it; the door stays as it is", false },
        { "command-failed", "it never reached the controller; the door stays as it is", false },
        { "command-late", "it came too late and was discarded; the door stays as it is", false },
        { "command-unknown", "the controller has not answered: the door may have been unlocked",
          false },
        { "expired", "no gateway took it in time; the door stays as it is", false },
        { "unknown", "nothing more was heard of it: the door may have been unlocked", false },
};

static int state_index(const char *state)
{
        for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
                if (strcmp(states[i].state, state) == 0)
                        return (int)i;
        return -1;
}

static int take_record(void *data, const Message *record)
{
        UnlockOutcome *outcome = data;
        const struct {
                const char *name;
                char *buffer;
                size_t size;
        } fields[] = {
                { "state", outcome->state, sizeof(outcome->state) },
                { "observed", outcome->observed, sizeof(outcome->observed) },
                { "passage", outcome->passage, sizeof(outcome->passage) },
                { "detail", outcome->detail, sizeof(outcome->detail) },
        };
        Text name, value;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++)
                for (size_t j = 0; j < sizeof(fields) / sizeof(*fields); j++)
                        if (text_is(name, fields[j].name))
                                text_escape(value, fields[j].buffer, fields[j].size);
        return 0;
}

/* Asks once; with a token it waits for something newer, so many milliseconds rounded up. */
static int ask(Live *live, const char *id, char token[static TOKEN_SIZE], uint64_t wait_ms,
               UnlockOutcome *outcome)
{
        MessageWriter *writer = live_begin(live, MESSAGE_COMMAND);
        message_write_number(writer, FIELD_SECONDS, (uint32_t)((wait_ms + 999) / 1000));
        if (*token)
                message_write_text(writer, FIELD_AFTER, text_from(token));
        message_write_text(writer, FIELD_DECISION_ID, text_from(id));
        int status = live_send(live, false);
        if (status == 0)
                status = live_records(live, take_record, outcome, NULL);
        (void)snprintf(token, TOKEN_SIZE, "%s", live_after(live));
        return status;
}

int unlock_outcome_wait(Live *live, const char *id, UnlockOutcome *ret_outcome)
{
        UnlockOutcome outcome = { 0 };
        char token[TOKEN_SIZE] = "";
        Deadline deadline = deadline_after_ms(UNLOCK_WAIT_MS);
        uint64_t left_ms = UNLOCK_WAIT_MS;
        bool ends_soon = false;
        do {
                int status = ask(live, id, token, left_ms, &outcome);
                if (status != 0)
                        return EXIT_UNABLE;
                int index = state_index(outcome.state);
                bool is_open = index >= 0 && states[index].is_open;
                bool is_commanded = strcmp(outcome.state, "commanded") == 0;
                if (!is_open && (!is_commanded || *outcome.observed))
                        break;
                if (!is_open && !ends_soon)
                        deadline = deadline_after_ms(OBSERVED_MS);
                ends_soon = !is_open;
                left_ms = (uint64_t)deadline_left_ms(deadline);
        } while (left_ms > 0);
        *ret_outcome = outcome;
        return 0;
}

void unlock_outcome_print(const UnlockOutcome *outcome, const char *gateway)
{
        int index = state_index(outcome->state);
        printf("%s\t%s (gateway %s%s%s)\n", *outcome->state ? outcome->state : "given",
               index >= 0 ? states[index].words : "not known to this program", gateway,
               *outcome->detail ? ": " : "", outcome->detail);
        printf("observed\t%s\n", *outcome->observed ? outcome->observed : "nothing yet");
        if (*outcome->passage)
                printf("passage\t%s\n", outcome->passage);
}

int unlock_outcome_status(const UnlockOutcome *outcome)
{
        return strcmp(outcome->state, "commanded") == 0 ? 0 : EXIT_UNABLE;
}
