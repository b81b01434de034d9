/* SPDX-License-Identifier: MIT */
/*
 * Journal effect
 *
 * What rows do to the small tables beside them: open sessions, open unlock commands, and how far
 * each gateway has told what happened. It is done in the row's own transaction, and read back.
 */
#pragma once

#include <sqlite3.h>

#include "daemon/journal_entry.h"

#define JOURNAL_OPEN_SESSIONS_MAX 65536 /* the oldest are forgotten first */

typedef enum JournalEffectStatement {
        JOURNAL_STATEMENT_OPEN_SESSION,
        JOURNAL_STATEMENT_FORGET_SESSIONS,
        JOURNAL_STATEMENT_CLOSE_SESSION,
        JOURNAL_STATEMENT_FIND_SESSIONS,
        JOURNAL_STATEMENT_OPEN_COMMAND,
        JOURNAL_STATEMENT_CLOSE_COMMAND,
        JOURNAL_STATEMENT_IS_OPEN,
        JOURNAL_STATEMENT_FIND_COMMANDS,
        JOURNAL_STATEMENT_PUT_GATEWAY,
        JOURNAL_STATEMENT_FIND_GATEWAY,
        JOURNAL_STATEMENT_COUNT,
} JournalEffectStatement;

typedef struct JournalEffects {
        sqlite3_stmt *statements[JOURNAL_STATEMENT_COUNT];
} JournalEffects;

/* Prepares the statements on a connection (borrowed, outlives them). Return: SQLite's result; what
 * is prepared is released by journal_effects_close() in any case. */
int journal_effects_open(JournalEffects *effects, sqlite3 *connection);
void journal_effects_close(JournalEffects *effects);

/* Whether a row is to be written: one that gives up a command only while that is open. Return: 1 or
 * 0, or SQLite's result as a negative number. */
int journal_effects_wants(JournalEffects *effects, const JournalRow *row);

/* Does what a row that was just inserted does besides. Return: SQLite's result. */
int journal_effects_apply(JournalEffects *effects, const JournalRow *row);

/* Finds the open sessions of a person that are older than ret_sessions->before, the newest first;
 * none when they cannot be read. */
void journal_effects_find_sessions(JournalEffects *effects, Text subject,
                                   JournalSessions *ret_sessions);

/* Finds open unlock commands behind ret_commands->after. Return: SQLite's result. */
int journal_effects_find_commands(JournalEffects *effects, JournalCommands *ret_commands);

/* Finds how far a gateway has told. Return: SQLite's result. */
int journal_effects_find_gateway(JournalEffects *effects, Text caller, JournalGateway *ret_gateway);
