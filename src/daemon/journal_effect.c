/* SPDX-License-Identifier: MIT */
/* What rows do besides: see journal_effect.h. */
#include "daemon/journal_effect.h"

#include <stdio.h>

static const char *const sources[JOURNAL_STATEMENT_COUNT] = {
        [JOURNAL_STATEMENT_OPEN_SESSION] =
                "INSERT INTO sessions(opened, user, subject, service, terminal, remote_host, pid, "
                "decision_id, started) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [JOURNAL_STATEMENT_FORGET_SESSIONS] =
                "DELETE FROM sessions WHERE id <= (SELECT max(id) FROM sessions) - ?1",
        [JOURNAL_STATEMENT_CLOSE_SESSION] =
                "DELETE FROM sessions WHERE id = (SELECT id FROM sessions WHERE service = ?1 AND "
                "user = ?2 AND (pid = ?3 OR (terminal != '' AND terminal = ?4)) "
                "ORDER BY pid = ?3 DESC, id DESC LIMIT 1)",
        [JOURNAL_STATEMENT_FIND_SESSIONS] =
                "SELECT id, pid, started, user, service, decision_id, EXISTS (SELECT 1 FROM "
                "sessions "
                "AS other WHERE other.pid = mine.pid AND other.started = mine.started AND "
                "other.subject != mine.subject) FROM sessions AS mine WHERE subject = ?1 AND "
                "id < ?2 ORDER BY id DESC LIMIT ?3",
        [JOURNAL_STATEMENT_OPEN_COMMAND] =
                "INSERT OR REPLACE INTO commands(decision_id, door, subject, not_after, uid, "
                "certificate) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        [JOURNAL_STATEMENT_CLOSE_COMMAND] = "DELETE FROM commands WHERE decision_id = ?1",
        [JOURNAL_STATEMENT_IS_OPEN] = "SELECT 1 FROM commands WHERE decision_id = ?1",
        [JOURNAL_STATEMENT_FIND_COMMANDS] =
                "SELECT decision_id, door, subject, certificate, not_after, uid FROM commands "
                "WHERE decision_id > ?2 ORDER BY decision_id LIMIT ?1",
        [JOURNAL_STATEMENT_PUT_GATEWAY] =
                "INSERT OR REPLACE INTO gateways(caller, store, sequence) VALUES(?1, ?2, ?3)",
        [JOURNAL_STATEMENT_FIND_GATEWAY] = "SELECT store, sequence FROM gateways WHERE caller = ?1",
};

int journal_effects_open(JournalEffects *effects, sqlite3 *connection)
{
        for (size_t i = 0; i < JOURNAL_STATEMENT_COUNT; i++) {
                int result =
                        sqlite3_prepare_v3(connection, sources[i], -1, SQLITE_PREPARE_PERSISTENT,
                                           &effects->statements[i], NULL);
                if (result != SQLITE_OK)
                        return result;
        }
        return SQLITE_OK;
}

void journal_effects_close(JournalEffects *effects)
{
        for (size_t i = 0; i < JOURNAL_STATEMENT_COUNT; i++)
                (void)sqlite3_finalize(effects->statements[i]);
}

static int step(JournalEffects *effects, JournalEffectStatement which)
{
        int result = sqlite3_step(effects->statements[which]);
        (void)sqlite3_reset(effects->statements[which]);
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

static void bind_text(sqlite3_stmt *statement, int index, Text text)
{
        (void)sqlite3_bind_text(statement, index, text.data ? text.data : "", (int)text.size,
                                SQLITE_STATIC);
}

static int open_session(JournalEffects *effects, const JournalRow *row)
{
        static const JournalText columns[] = { JOURNAL_USER, JOURNAL_SUBJECT, JOURNAL_SERVICE,
                                               JOURNAL_TERMINAL, JOURNAL_REMOTE_HOST };
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_OPEN_SESSION];
        (void)sqlite3_bind_int64(statement, 1, row->time_s);
        for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
                bind_text(statement, 2 + (int)i, row->texts[columns[i]]);
        (void)sqlite3_bind_int64(statement, 7, row->caller_pid);
        bind_text(statement, 8, row->texts[JOURNAL_DECISION_ID]);
        (void)sqlite3_bind_int64(statement, 9, row->caller_started);
        int result = step(effects, JOURNAL_STATEMENT_OPEN_SESSION);
        if (result != SQLITE_OK)
                return result;
        (void)sqlite3_bind_int(effects->statements[JOURNAL_STATEMENT_FORGET_SESSIONS], 1,
                               JOURNAL_OPEN_SESSIONS_MAX);
        return step(effects, JOURNAL_STATEMENT_FORGET_SESSIONS);
}

static int close_session(JournalEffects *effects, const JournalRow *row)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_CLOSE_SESSION];
        bind_text(statement, 1, row->texts[JOURNAL_SERVICE]);
        bind_text(statement, 2, row->texts[JOURNAL_USER]);
        (void)sqlite3_bind_int64(statement, 3, row->caller_pid);
        bind_text(statement, 4, row->texts[JOURNAL_TERMINAL]);
        return step(effects, JOURNAL_STATEMENT_CLOSE_SESSION);
}

static int open_command(JournalEffects *effects, const JournalRow *row)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_OPEN_COMMAND];
        bind_text(statement, 1, row->texts[JOURNAL_DECISION_ID]);
        bind_text(statement, 2, row->facts[JOURNAL_FACT_DOOR]);
        bind_text(statement, 3, row->texts[JOURNAL_SUBJECT]);
        (void)sqlite3_bind_int64(statement, 4, row->not_after_s);
        (void)sqlite3_bind_int64(statement, 5, row->caller_uid);
        bind_text(statement, 6, row->facts[JOURNAL_FACT_CERTIFICATE]);
        return step(effects, JOURNAL_STATEMENT_OPEN_COMMAND);
}

static int close_command(JournalEffects *effects, const JournalRow *row)
{
        bind_text(effects->statements[JOURNAL_STATEMENT_CLOSE_COMMAND], 1,
                  row->texts[JOURNAL_DECISION_ID]);
        return step(effects, JOURNAL_STATEMENT_CLOSE_COMMAND);
}

static int put_gateway(JournalEffects *effects, const JournalRow *row)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_PUT_GATEWAY];
        bind_text(statement, 1, row->texts[JOURNAL_CALLER_NAME]);
        bind_text(statement, 2, row->facts[JOURNAL_FACT_STORE]);
        (void)sqlite3_bind_int64(statement, 3, (int64_t)row->sequence);
        return step(effects, JOURNAL_STATEMENT_PUT_GATEWAY);
}

int journal_effects_wants(JournalEffects *effects, const JournalRow *row)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_IS_OPEN];
        if (row->effect != JOURNAL_EFFECT_GIVES_UP_COMMAND)
                return 1;
        bind_text(statement, 1, row->texts[JOURNAL_DECISION_ID]);
        int result = sqlite3_step(statement);
        (void)sqlite3_reset(statement);
        return result == SQLITE_ROW ? 1 : result == SQLITE_DONE ? 0 : -result;
}

int journal_effects_apply(JournalEffects *effects, const JournalRow *row)
{
        static int (*const functions[])(JournalEffects *, const JournalRow *) = {
                [JOURNAL_EFFECT_OPENS_SESSION] = open_session,
                [JOURNAL_EFFECT_CLOSES_SESSION] = close_session,
                [JOURNAL_EFFECT_OPENS_COMMAND] = open_command,
                [JOURNAL_EFFECT_CLOSES_COMMAND] = close_command,
                [JOURNAL_EFFECT_GIVES_UP_COMMAND] = close_command,
        };
        int result = SQLITE_OK;
        if (functions[row->effect])
                result = functions[row->effect](effects, row);
        return result == SQLITE_OK && row->sequence > 0 ? put_gateway(effects, row) : result;
}

static void copy_column(sqlite3_stmt *statement, int column, char *buffer, size_t size)
{
        const unsigned char *text = sqlite3_column_text(statement, column);
        (void)snprintf(buffer, size, "%s", text ? (const char *)text : "");
}

void journal_effects_find_sessions(JournalEffects *effects, Text subject,
                                   JournalSessions *ret_sessions)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_FIND_SESSIONS];
        ret_sessions->count = 0;
        bind_text(statement, 1, subject);
        (void)sqlite3_bind_int64(statement, 2, ret_sessions->before);
        (void)sqlite3_bind_int(statement, 3, JOURNAL_SESSIONS_FOUND_MAX);
        while (ret_sessions->count < JOURNAL_SESSIONS_FOUND_MAX &&
               sqlite3_step(statement) == SQLITE_ROW) {
                JournalSession *session = &ret_sessions->sessions[ret_sessions->count++];
                ret_sessions->before = sqlite3_column_int64(statement, 0);
                session->pid = (pid_t)sqlite3_column_int64(statement, 1);
                session->started = sqlite3_column_int64(statement, 2);
                copy_column(statement, 3, session->user, sizeof(session->user));
                copy_column(statement, 4, session->service, sizeof(session->service));
                copy_column(statement, 5, session->decision_id, sizeof(session->decision_id));
                session->is_shared = sqlite3_column_int(statement, 6);
        }
        (void)sqlite3_reset(statement);
}

static void read_command(sqlite3_stmt *statement, JournalCommand *command)
{
        copy_column(statement, 0, command->decision_id, sizeof(command->decision_id));
        copy_column(statement, 1, command->door, sizeof(command->door));
        copy_column(statement, 2, command->subject, sizeof(command->subject));
        copy_column(statement, 3, command->certificate, sizeof(command->certificate));
        command->not_after_s = sqlite3_column_int64(statement, 4);
        command->uid = (uint32_t)sqlite3_column_int64(statement, 5);
}

int journal_effects_find_commands(JournalEffects *effects, JournalCommands *ret_commands)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_FIND_COMMANDS];
        int result;
        ret_commands->count = 0;
        (void)sqlite3_bind_int(statement, 1, JOURNAL_COMMANDS_FOUND_MAX);
        bind_text(statement, 2, text_from(ret_commands->after));
        while ((result = sqlite3_step(statement)) == SQLITE_ROW)
                read_command(statement, &ret_commands->commands[ret_commands->count++]);
        (void)sqlite3_reset(statement);
        if (ret_commands->count > 0)
                memcpy(ret_commands->after,
                       ret_commands->commands[ret_commands->count - 1].decision_id,
                       sizeof(ret_commands->after));
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

int journal_effects_find_gateway(JournalEffects *effects, Text caller, JournalGateway *ret_gateway)
{
        sqlite3_stmt *statement = effects->statements[JOURNAL_STATEMENT_FIND_GATEWAY];
        bind_text(statement, 1, caller);
        int result = sqlite3_step(statement);
        *ret_gateway = (JournalGateway){ 0 };
        if (result == SQLITE_ROW) {
                copy_column(statement, 0, ret_gateway->store, sizeof(ret_gateway->store));
                ret_gateway->sequence = (uint64_t)sqlite3_column_int64(statement, 1);
        }
        (void)sqlite3_reset(statement);
        return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}
