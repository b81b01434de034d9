/* SPDX-License-Identifier: MIT */
/*
 * State rows: see state_rows.h.
 *
 * The sum of the checksums of all records is a fact of its own, so that a row that is lost is
 * noticed as well as one that has changed. It follows each change without reading the others.
 */
#include "state/state_rows.h"

#include <errno.h>

#include "util/timestamp.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

const char state_rows_schema[] =
        "BEGIN;"
        "CREATE TABLE records(kind TEXT NOT NULL, resource TEXT NOT NULL, made_at INTEGER NOT "
        "NULL, made_by TEXT NOT NULL, why TEXT NOT NULL, decision_id TEXT NOT NULL, "
        "from_time INTEGER, until_time INTEGER, state TEXT NOT NULL, ended INTEGER NOT NULL, "
        "checksum INTEGER NOT NULL, PRIMARY KEY(kind, resource)) WITHOUT ROWID;"
        "CREATE TABLE facts(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL, "
        "checksum INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE reports(owner TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, "
        "saved INTEGER NOT NULL, PRIMARY KEY(owner, name)) WITHOUT ROWID;"
        "PRAGMA user_version = 1;"
        "COMMIT;";
_Static_assert(STATE_SCHEMA_VERSION == 1, "the schema says its version");

#define FACT_SUM         "records"
#define FACT_HIGHEST     "highest"
#define FACT_ANCHOR      "anchor"
#define FACT_ANCHOR_BOOT "anchor-boot" /* hashed */
#define FACT_ANCHOR_MS   "anchor-steady"
#define FACT_COVERED     "covered"

enum Statement {
        STATEMENT_READ,
        STATEMENT_FACT,
        STATEMENT_REPORTS,
        STATEMENT_BEGIN_READING,
        STATEMENT_COMMIT,
        STATEMENT_ROLLBACK,
        STATEMENT_READ_COUNT, /* what comes from here on writes */
        STATEMENT_BEGIN = STATEMENT_READ_COUNT,
        STATEMENT_CHECKSUM,
        STATEMENT_PUT,
        STATEMENT_REMOVE,
        STATEMENT_SET_FACT,
        STATEMENT_SAVE_REPORT,
        STATEMENT_DELETE_REPORT,
        STATEMENT_COUNT,
};

static const char *const STATEMENTS[STATEMENT_COUNT] = {
        [STATEMENT_READ] =
                "SELECT kind, resource, made_at, made_by, why, decision_id, from_time, "
                "until_time, state, ended, checksum FROM records ORDER BY kind, resource",
        [STATEMENT_FACT] = "SELECT value, checksum FROM facts WHERE name = ?1",
        [STATEMENT_REPORTS] =
                "SELECT owner, name, definition, saved FROM reports ORDER BY owner, name",
        [STATEMENT_SAVE_REPORT] = "INSERT OR REPLACE INTO reports(owner, name, definition, saved) "
                                  "VALUES(?1, ?2, ?3, ?4)",
        [STATEMENT_DELETE_REPORT] = "DELETE FROM reports WHERE owner = ?1 AND name = ?2",
        [STATEMENT_BEGIN_READING] = "BEGIN",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_CHECKSUM] = "SELECT checksum FROM records WHERE kind = ?1 AND resource = ?2",
        [STATEMENT_PUT] = "INSERT OR REPLACE INTO records(kind, resource, made_at, made_by, why, "
                          "decision_id, from_time, until_time, state, ended, checksum) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        [STATEMENT_REMOVE] = "DELETE FROM records WHERE kind = ?1 AND resource = ?2",
        [STATEMENT_SET_FACT] =
                "INSERT OR REPLACE INTO facts(name, value, checksum) VALUES(?1, ?2, ?3)",
};

struct StateRows {
        sqlite3 *connection;
        sqlite3_stmt *statements[STATEMENT_COUNT];
        uint64_t sum; /* of all checksums, as of the last change in this transaction */
};

StateRows *state_rows_close(StateRows *rows)
{
        if (!rows)
                return NULL;
        for (size_t i = 0; i < STATEMENT_COUNT; i++)
                (void)sqlite3_finalize(rows->statements[i]);
        free(rows);
        return NULL;
}

int state_rows_open(sqlite3 *connection, bool read_only, StateRows **ret_rows)
{
        _cleanup_(state_rows_closep) StateRows *rows = calloc(1, sizeof(*rows));
        if (!rows)
                return SQLITE_NOMEM;
        rows->connection = connection;
        for (size_t i = 0; i < (read_only ? STATEMENT_READ_COUNT : STATEMENT_COUNT); i++) {
                int result =
                        sqlite3_prepare_v3(connection, STATEMENTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                                           &rows->statements[i], NULL);
                if (result != SQLITE_OK)
                        return result;
        }
        *ret_rows = rows;
        rows = NULL;
        return SQLITE_OK;
}

/* ---- Checksums: of each value in turn, texts with their length ---- */

static void hash_number(XXH3_state_t *hash, int64_t number)
{
        (void)XXH3_64bits_update(hash, &number, sizeof(number));
}

static void hash_text(XXH3_state_t *hash, Text text)
{
        hash_number(hash, (int64_t)text.size);
        if (text.size)
                (void)XXH3_64bits_update(hash, text.data, text.size);
}

static uint64_t checksum_of_record(const LiveRecord *record)
{
        XXH3_state_t hash;
        (void)XXH3_64bits_reset(&hash);
        hash_number(&hash, record->kind);
        hash_text(&hash, record->resource);
        hash_number(&hash, record->note.at_s);
        hash_text(&hash, record->note.by);
        hash_text(&hash, record->note.why);
        hash_text(&hash, record->note.decision_id);
        hash_number(&hash, record->from_s);
        hash_number(&hash, record->until_s);
        hash_number(&hash, record->kind == LIVE_OVERRIDE ? (int64_t)record->state : -1);
        hash_number(&hash, record->ended);
        return XXH3_64bits_digest(&hash);
}

static uint64_t checksum_of_fact(Text name, int64_t value)
{
        return XXH3_64bits_withSeed(name.data, name.size, (uint64_t)value);
}

/* ---- Values ---- */

static void bind_text(sqlite3_stmt *statement, int index, Text text)
{
        (void)sqlite3_bind_text(statement, index, text.data ? text.data : "", (int)text.size,
                                SQLITE_STATIC);
}

/* An open end is NULL. */
static void bind_time(sqlite3_stmt *statement, int index, int64_t time_s)
{
        if (time_s == TIMESTAMP_MIN || time_s == TIMESTAMP_MAX)
                (void)sqlite3_bind_null(statement, index);
        else
                (void)sqlite3_bind_int64(statement, index, time_s);
}

static void bind_key(sqlite3_stmt *statement, LiveKind kind, Text resource)
{
        bind_text(statement, 1, text_from(live_kind_name(kind)));
        bind_text(statement, 2, resource);
}

static bool column_text(sqlite3_stmt *statement, int column, Text *ret_text)
{
        if (sqlite3_column_type(statement, column) != SQLITE_TEXT)
                return false;
        ret_text->data = (const char *)sqlite3_column_text(statement, column);
        ret_text->size = (size_t)sqlite3_column_bytes(statement, column);
        return ret_text->data;
}

static bool column_number(sqlite3_stmt *statement, int column, int64_t *ret_number)
{
        *ret_number = sqlite3_column_int64(statement, column);
        return sqlite3_column_type(statement, column) == SQLITE_INTEGER;
}

static bool column_time(sqlite3_stmt *statement, int column, int64_t open_end, int64_t *ret_time_s)
{
        *ret_time_s = open_end;
        return sqlite3_column_type(statement, column) == SQLITE_NULL ||
               column_number(statement, column, ret_time_s);
}

static bool column_kind(sqlite3_stmt *statement, int column, LiveKind *ret_kind)
{
        Text name;
        if (!column_text(statement, column, &name))
                return false;
        for (unsigned kind = 0; kind < LIVE_KIND_COUNT; kind++) {
                *ret_kind = (LiveKind)kind;
                if (text_is(name, live_kind_name((LiveKind)kind)))
                        return true;
        }
        return false;
}

static bool column_state(sqlite3_stmt *statement, int column, LiveKind kind, DoorState *ret_state)
{
        Text name;
        if (!column_text(statement, column, &name))
                return false;
        return kind == LIVE_OVERRIDE ? door_state_from_name(name, ret_state) : name.size == 0;
}

/* Steps and resets a statement that gives no rows. */
static int run(StateRows *rows, enum Statement statement)
{
        int result = sqlite3_step(rows->statements[statement]);
        (void)sqlite3_reset(rows->statements[statement]);
        return result == SQLITE_DONE ? SQLITE_OK : result == SQLITE_ROW ? SQLITE_CORRUPT : result;
}

/* ---- Facts ---- */

/* Return: SQLITE_OK and the value; SQLITE_NOTFOUND; otherwise SQLite's result. */
static int read_fact(StateRows *rows, const char *name, int64_t *ret_value)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_FACT];
        int64_t value, checksum;
        bind_text(statement, 1, text_from(name));
        int result = sqlite3_step(statement);
        if (result == SQLITE_ROW) {
                bool is_sound = column_number(statement, 0, &value) &&
                                column_number(statement, 1, &checksum) &&
                                (uint64_t)checksum == checksum_of_fact(text_from(name), value);
                result = is_sound ? SQLITE_OK : SQLITE_CORRUPT;
                if (is_sound)
                        *ret_value = value;
        } else if (result == SQLITE_DONE) {
                result = SQLITE_NOTFOUND;
        }
        (void)sqlite3_reset(statement);
        return result;
}

static int write_fact(StateRows *rows, const char *name, int64_t value)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_SET_FACT];
        bind_text(statement, 1, text_from(name));
        (void)sqlite3_bind_int64(statement, 2, value);
        (void)sqlite3_bind_int64(statement, 3, (int64_t)checksum_of_fact(text_from(name), value));
        return run(rows, STATEMENT_SET_FACT);
}

int state_rows_highest(StateRows *rows, int64_t *ret_highest_s)
{
        *ret_highest_s = TIMESTAMP_MIN;
        int result = read_fact(rows, FACT_HIGHEST, ret_highest_s);
        return result == SQLITE_NOTFOUND ? SQLITE_OK : result;
}

static int64_t hash_of_boot(Text boot)
{
        return (int64_t)XXH3_64bits(boot.data ? boot.data : "", boot.size);
}

int state_rows_anchor(StateRows *rows, Text boot, int64_t *ret_realtime_s, int64_t *ret_steady_ms)
{
        int64_t stored;
        *ret_realtime_s = TIMESTAMP_MIN;
        int result = read_fact(rows, FACT_ANCHOR_BOOT, &stored);
        if (result == SQLITE_NOTFOUND)
                return SQLITE_OK;
        if (result != SQLITE_OK || boot.size == 0 || stored != hash_of_boot(boot))
                return result;
        int64_t realtime_s;
        result = read_fact(rows, FACT_ANCHOR, &realtime_s);
        if (result == SQLITE_OK)
                result = read_fact(rows, FACT_ANCHOR_MS, ret_steady_ms);
        if (result == SQLITE_OK)
                *ret_realtime_s = realtime_s;
        return result == SQLITE_NOTFOUND ? SQLITE_CORRUPT : result;
}

int state_rows_set_highest(StateRows *rows, const LiveRecord *highest)
{
        int result = write_fact(rows, FACT_HIGHEST, highest->note.at_s);
        if (result == SQLITE_OK)
                result = write_fact(rows, FACT_ANCHOR, highest->from_s);
        if (result == SQLITE_OK)
                result = write_fact(rows, FACT_ANCHOR_MS, highest->until_s);
        return result == SQLITE_OK
                       ? write_fact(rows, FACT_ANCHOR_BOOT, hash_of_boot(highest->resource))
                       : result;
}

int state_rows_covered(StateRows *rows, int64_t *ret_row_id)
{
        *ret_row_id = -1;
        int result = read_fact(rows, FACT_COVERED, ret_row_id);
        return result == SQLITE_NOTFOUND ? SQLITE_OK : result;
}

int state_rows_set_covered(StateRows *rows, int64_t row_id)
{
        return write_fact(rows, FACT_COVERED, row_id);
}

int state_rows_seal(StateRows *rows)
{
        return write_fact(rows, FACT_SUM, (int64_t)rows->sum);
}

/* ---- Transactions ---- */

int state_rows_begin(StateRows *rows)
{
        int64_t sum;
        int result = run(rows, STATEMENT_BEGIN);
        if (result != SQLITE_OK)
                return result;
        result = read_fact(rows, FACT_SUM, &sum);
        if (result == SQLITE_OK)
                rows->sum = (uint64_t)sum;
        return result == SQLITE_NOTFOUND ? SQLITE_CORRUPT : result;
}

int state_rows_commit(StateRows *rows)
{
        return run(rows, STATEMENT_COMMIT);
}

void state_rows_rollback(StateRows *rows)
{
        if (!sqlite3_get_autocommit(rows->connection))
                (void)run(rows, STATEMENT_ROLLBACK);
}

/* ---- Records ---- */

static bool read_record(sqlite3_stmt *statement, LiveRecord *ret_record, uint64_t *ret_checksum)
{
        LiveRecord record = { 0 };
        int64_t ended, checksum;
        if (!column_kind(statement, 0, &record.kind) ||
            !column_text(statement, 1, &record.resource) ||
            !column_number(statement, 2, &record.note.at_s) ||
            !column_text(statement, 3, &record.note.by) ||
            !column_text(statement, 4, &record.note.why) ||
            !column_text(statement, 5, &record.note.decision_id) ||
            !column_time(statement, 6, TIMESTAMP_MIN, &record.from_s) ||
            !column_time(statement, 7, TIMESTAMP_MAX, &record.until_s) ||
            !column_state(statement, 8, record.kind, &record.state) ||
            !column_number(statement, 9, &ended) || !column_number(statement, 10, &checksum))
                return false;
        record.ended = ended;
        *ret_record = record;
        *ret_checksum = (uint64_t)checksum;
        return (uint64_t)checksum == checksum_of_record(&record);
}

static int read_all(StateRows *rows, LiveRecords *records, uint64_t *ret_sum)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_READ];
        uint64_t sum = 0, checksum;
        LiveRecord record;
        int result;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
                if (!read_record(statement, &record, &checksum))
                        return SQLITE_CORRUPT;
                int r = live_records_put(records, &record);
                if (r < 0)
                        return r == -ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT;
                sum += checksum;
        }
        *ret_sum = sum;
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* Reads all records and compares them with what is stored about them all. */
static int read_and_compare(StateRows *rows, LiveRecords *records)
{
        uint64_t sum = 0;
        int64_t stored = 0;
        int result = read_all(rows, records, &sum);
        (void)sqlite3_reset(rows->statements[STATEMENT_READ]);
        if (result == SQLITE_OK)
                result = read_fact(rows, FACT_SUM, &stored);
        if (result == SQLITE_NOTFOUND || (result == SQLITE_OK && (uint64_t)stored != sum))
                return SQLITE_CORRUPT;
        return result;
}

int state_rows_read(StateRows *rows, LiveRecords **ret_records)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        if (!records)
                return SQLITE_NOMEM;
        /* Both as of one commit: somebody may write meanwhile. */
        int result = run(rows, STATEMENT_BEGIN_READING);
        if (result == SQLITE_OK)
                result = read_and_compare(rows, records);
        state_rows_rollback(rows);
        if (result != SQLITE_OK)
                return result;
        *ret_records = records;
        records = NULL;
        return SQLITE_OK;
}

/* Takes the record of a key, if there is one, out of the sum. */
static int forget(StateRows *rows, LiveKind kind, Text resource)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_CHECKSUM];
        bind_key(statement, kind, resource);
        int result = sqlite3_step(statement);
        if (result == SQLITE_ROW)
                rows->sum -= (uint64_t)sqlite3_column_int64(statement, 0);
        (void)sqlite3_reset(statement);
        return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

int state_rows_put(StateRows *rows, const LiveRecord *record)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_PUT];
        uint64_t checksum = checksum_of_record(record);
        int result = forget(rows, record->kind, record->resource);
        if (result != SQLITE_OK)
                return result;
        bind_key(statement, record->kind, record->resource);
        (void)sqlite3_bind_int64(statement, 3, record->note.at_s);
        bind_text(statement, 4, record->note.by);
        bind_text(statement, 5, record->note.why);
        bind_text(statement, 6, record->note.decision_id);
        bind_time(statement, 7, record->from_s);
        bind_time(statement, 8, record->until_s);
        bind_text(statement, 9,
                  record->kind == LIVE_OVERRIDE ? text_from(door_state_name(record->state))
                                                : TEXT_NULL);
        (void)sqlite3_bind_int(statement, 10, record->ended);
        (void)sqlite3_bind_int64(statement, 11, (int64_t)checksum);
        rows->sum += checksum;
        return run(rows, STATEMENT_PUT);
}

int state_rows_remove(StateRows *rows, LiveKind kind, Text resource)
{
        int result = forget(rows, kind, resource);
        if (result != SQLITE_OK)
                return result;
        bind_key(rows->statements[STATEMENT_REMOVE], kind, resource);
        return run(rows, STATEMENT_REMOVE);
}

/* ---- Saved reports ---- */

int state_rows_save_report(StateRows *rows, const LiveRecord *report)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_SAVE_REPORT];
        bind_text(statement, 1, report->note.by);
        bind_text(statement, 2, report->resource);
        bind_text(statement, 3, report->note.why);
        (void)sqlite3_bind_int64(statement, 4, report->note.at_s);
        return run(rows, STATEMENT_SAVE_REPORT);
}

int state_rows_delete_report(StateRows *rows, const LiveRecord *report)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_DELETE_REPORT];
        bind_text(statement, 1, report->note.by);
        bind_text(statement, 2, report->resource);
        return run(rows, STATEMENT_DELETE_REPORT);
}

int state_rows_each_report(StateRows *rows, int (*each)(void *data, const LiveRecord *report),
                           void *data)
{
        sqlite3_stmt *statement = rows->statements[STATEMENT_REPORTS];
        int result, r = 0;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW && r == 0) {
                LiveRecord report = { 0 };
                if (!column_text(statement, 0, &report.note.by) ||
                    !column_text(statement, 1, &report.resource) ||
                    !column_text(statement, 2, &report.note.why) ||
                    !column_number(statement, 3, &report.note.at_s)) {
                        (void)sqlite3_reset(statement);
                        return SQLITE_CORRUPT;
                }
                r = each(data, &report);
        }
        (void)sqlite3_reset(statement);
        return r != 0 ? SQLITE_NOMEM : result == SQLITE_DONE ? SQLITE_OK : result;
}
