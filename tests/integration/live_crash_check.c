/* SPDX-License-Identifier: MIT */
/*
 * Whether the state folder, and the daemon, hold what live_crash was told.
 *
 * usage: live_crash_check STATE MODEL [SOCKET]
 *
 * STATE without SOCKET is a copy of what a daemon left: to look at it makes files there.
 *
 * Each thing must be as it was acknowledged last, or as the change under way would have made it; as
 * the latter, if an answer showed so. Records have to hold exactly what their change stated, and
 * the id of the acknowledged decision. With SOCKET the daemon has to decide accordingly, and the
 * journal to tell the same: the changes that its rows allow, but for those that it takes back, make
 * in their order what is in force. Prints
 *
 *     thing …                             what is in force now: the model for the next round
 *     ack DECISION_ID KIND RESOURCE       of records whose change was never answered, and of doors
 *                                         that were unlocked here
 *     landed NUMBER                       changes that were under way and are in force
 *
 * Exit status 0, or 1 when something is not as it has to be.
 */
#include <grp.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "client/connection.h"
#include "live_crash_model.h"
#include "policy/vocabulary.h"
#include "state/state_store.h"

enum { DEADLINE_MS = 30000, FRAME_SIZE = 1024, PATH_SIZE = 512 };

static unsigned faults, landed;

static void fault(const char *name, const char *what, const char *more)
{
        faults++;
        (void)fprintf(stderr, "%s: %s%s\n", name, what, more);
}

/* ---- Files ---- */

static void check_database(const char *directory, const char *file)
{
        char path[PATH_SIZE];
        sqlite3 *connection = NULL;
        sqlite3_stmt *statement = NULL;
        const char *text = NULL;
        (void)snprintf(path, sizeof(path), "%s/%s", directory, file);
        int result = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_prepare_v2(connection, "PRAGMA integrity_check", -1, &statement,
                                            NULL);
        if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
                text = (const char *)sqlite3_column_text(statement, 0);
        if (!text || strcmp(text, "ok") != 0)
                fault(file, "integrity_check: ", text ? text : sqlite3_errmsg(connection));
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(connection);
}

/* ---- Records ---- */

static const char *kind_of_row(LiveKind kind)
{
        static const char *const KINDS[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = "suspend", [LIVE_DATES] = "dates",
                [LIVE_OVERRIDE] = "door",      [LIVE_BLOCK] = "door",
                [LIVE_LOCKDOWN] = "lockdown",
        };
        return KINDS[kind];
}

/* Return: the number of the change that made a record; 0: none, or its record is not what the
 * change stated. */
static uint32_t number_of(const LiveRecord *record, const char *name)
{
        char why[NAME_SIZE];
        unsigned number = 0;
        (void)snprintf(why, sizeof(why), "%.*s", (int)record->note.why.size, record->note.why.data);
        if (sscanf(why, "change %u", &number) != 1 || number == 0 || !record_fits(record, number))
                fault(name, "a record that nobody asked for: ", why);
        return number;
}

/* What is in force now, and its decisions. */
static void read_thing(const LiveRecords *records, int worker, int index, Thing *ret_thing)
{
        char name[NAME_SIZE];
        Thing found = { 0 };
        (void)thing_name(worker, index, name);
        for (int i = 0; i < RECORDS; i++) {
                LiveKind kind = thing_kind(index, i);
                const LiveRecord *record =
                        kind < LIVE_KIND_COUNT ? live_records_find(records, kind, text_from(name))
                                               : NULL;
                (void)snprintf(found.id[i], ID_SIZE, "-");
                if (!record)
                        continue;
                found.acknowledged.number[i] = number_of(record, name);
                (void)snprintf(found.id[i], ID_SIZE, "%.*s", (int)record->note.decision_id.size,
                               record->note.decision_id.data);
                if (strlen(found.id[i]) != ID_SIZE - 1)
                        fault(name, "a record without a decision: ", found.id[i]);
        }
        *ret_thing = found;
}

static void complain(const char *name, const Thing *told, Version now)
{
        char text[256];
        (void)snprintf(text, sizeof(text), "%u %u, acknowledged %u %u, %s%u %u%s", now.number[0],
                       now.number[1], told->acknowledged.number[0], told->acknowledged.number[1],
                       told->has_waiting ? "under way " : "nothing under way ",
                       told->waiting.number[0], told->waiting.number[1],
                       told->was_seen ? ", which was seen" : "");
        fault(name, "it holds ", text);
}

static void check_thing(int worker, int index, const Thing *told, const Thing *now)
{
        char name[NAME_SIZE];
        bool is_old = version_equal(now->acknowledged, told->acknowledged);
        bool is_new = told->has_waiting && version_equal(now->acknowledged, told->waiting);
        (void)thing_name(worker, index, name);
        if (!(is_new || (is_old && !(told->has_waiting && told->was_seen))))
                complain(name, told, now->acknowledged);
        landed += is_new;
        for (int i = 0; i < RECORDS; i++) {
                uint32_t number = now->acknowledged.number[i];
                if (number == 0)
                        continue;
                if (number == told->acknowledged.number[i]) {
                        if (strcmp(told->id[i], now->id[i]) != 0)
                                fault(name, "of another decision: ", now->id[i]);
                } else {
                        printf("ack %s %s %s\n", now->id[i], kind_of_row(thing_kind(index, i)),
                               name);
                }
        }
}

static bool check_records(const char *directory, const Model *told, Model *ret_now)
{
        char error[256];
        size_t count = 0;
        _cleanup_(state_store_closep) StateStore *store = NULL;
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        int r = state_store_open(directory, true, error, sizeof(error), &store);
        if (r == 0)
                r = state_store_read(store, error, sizeof(error), &records);
        if (r != 0) {
                fault(STATE_FILE, "cannot be read: ", error);
                return false;
        }
        for (int i = 0; i < WORKERS * THINGS; i++) {
                Thing *now = &ret_now->things[i / THINGS][i % THINGS];
                read_thing(records, i / THINGS, i % THINGS, now);
                check_thing(i / THINGS, i % THINGS, &told->things[i / THINGS][i % THINGS], now);
                count += now->acknowledged.number[0] != 0;
                count += now->acknowledged.number[1] != 0;
        }
        if (count != live_records_count(records))
                fault(STATE_FILE, "it holds records of things that nobody changed", "");
        return true;
}

/* ---- Rows ---- */

static int thing_of(const char *resource)
{
        char name[NAME_SIZE];
        for (int i = 0; i < WORKERS * THINGS; i++)
                if (strcmp(thing_name(i / THINGS, i % THINGS, name), resource) == 0)
                        return i;
        return -1;
}

static void replay(sqlite3_stmt *statement, Version *versions)
{
        const char *action = (const char *)sqlite3_column_text(statement, 0);
        const char *resource = (const char *)sqlite3_column_text(statement, 1);
        unsigned number = 0;
        int thing = thing_of(resource);
        if (thing < 0 ||
            sscanf((const char *)sqlite3_column_text(statement, 2), "change %u", &number) != 1 ||
            !change_apply(action, number, &versions[thing]))
                fault(resource, "a row that nobody asked for: ", action);
}

/* Whether each change that the journal allows and does not take back was made. */
static void check_rows(const char *directory, const Model *now)
{
        static const char SQL[] =
                "SELECT action, resource, why FROM events WHERE decision = 'allow' AND kind IN "
                "('suspend', 'resume', 'dates', 'door', 'lockdown') AND decision_id NOT IN (SELECT "
                "decision_id FROM events WHERE reason = 'change-not-made') ORDER BY id";
        char path[PATH_SIZE], name[NAME_SIZE], text[128];
        static Version versions[WORKERS * THINGS];
        sqlite3 *connection = NULL;
        sqlite3_stmt *statement = NULL;
        (void)snprintf(path, sizeof(path), "%s/journal.db", directory);
        int result = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_prepare_v2(connection, SQL, -1, &statement, NULL);
        while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
                replay(statement, versions);
                result = SQLITE_OK;
        }
        if (result != SQLITE_DONE)
                fault("journal.db", "cannot be read: ", sqlite3_errmsg(connection));
        for (int i = 0; i < WORKERS * THINGS && result == SQLITE_DONE; i++) {
                Version is = now->things[i / THINGS][i % THINGS].acknowledged, said = versions[i];
                (void)snprintf(text, sizeof(text), "%u %u, in force %u %u", said.number[0],
                               said.number[1], is.number[0], is.number[1]);
                if (!version_equal(is, said))
                        fault(thing_name(i / THINGS, i % THINGS, name), "the journal says ", text);
        }
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(connection);
}

/* ---- Decisions ---- */

static const char *expected_reason(const Thing *things, int person, int door)
{
        Version of_person = things[person].acknowledged;
        if (version_suspends(of_person))
                return "suspended";
        if (version_is_early(of_person))
                return "not-yet-active";
        if (door == DOORS - 1 && version_locks(things[THINGS - 1].acknowledged))
                return "locked-down";
        return version_blocks(things[PEOPLE + door].acknowledged) ? "blocked" : NULL;
}

static void check_answer(const Message *message, const Thing *things, int person, int door,
                         const char *name)
{
        const char *reason = expected_reason(things, person, door);
        DoorState state = version_door_state(things[PEOPLE + door].acknowledged);
        uint32_t outcome = 0;
        char text[NAME_SIZE];
        Text got = TEXT_NULL, got_state = TEXT_NULL, id = TEXT_NULL;
        (void)message_number(message, FIELD_OUTCOME, &outcome);
        (void)message_text(message, FIELD_REASON, &got);
        (void)message_text(message, FIELD_DOOR_STATE, &got_state);
        (void)message_text(message, FIELD_DECISION_ID, &id);
        (void)snprintf(text, sizeof(text), "%.*s", (int)got.size, got.data ? got.data : "");
        if (message->type != MESSAGE_ANSWER ||
            outcome != (uint32_t)(reason ? OUTCOME_DENY : OUTCOME_ALLOW) ||
            (reason && strcmp(text, reason) != 0))
                fault(name, "is answered with ", text);
        if (reason)
                return;
        if (!text_is(got_state, door_state_name(state)))
                fault(name, "is not the state of the door; wanted: ", door_state_name(state));
        printf("ack %.*s unlock %s\n", (int)id.size, id.data, name);
}

static bool check_unlock(Connection *connection, const Thing *things, int worker, int person,
                         int door)
{
        uint8_t frame[FRAME_SIZE];
        char who[NAME_SIZE], where[NAME_SIZE];
        size_t size;
        Message message;
        MessageWriter writer;
        Deadline deadline = deadline_after_ms(DEADLINE_MS);
        uint64_t request_id = connection_next_request_id(connection);
        (void)thing_name(worker, person, who);
        (void)thing_name(worker, PEOPLE + door, where);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_UNLOCK, request_id, 0);
        message_write_text(&writer, FIELD_USER, text_from(strchr(who, '/') + 1));
        message_write_text(&writer, FIELD_RESOURCE, text_from(where));
        if (message_writer_end(&writer, &size) < 0)
                abort();
        if (connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, request_id, deadline, &message) != 0)
                return false;
        check_answer(&message, things, person, door, where);
        return true;
}

static void check_decisions(const char *socket, const Model *now)
{
        ConnectionOptions options = { .socket_path = socket };
        _cleanup_(connection_freep) Connection *connection = NULL;
        bool opened = setgroups(0, NULL) == 0 && setegid(READER_UID) == 0 &&
                      seteuid(READER_UID) == 0 &&
                      connection_open(&options, deadline_after_ms(DEADLINE_MS), &connection) == 0;
        /* The search for leaks, at the end, is refused to who has changed his uid. */
        if (seteuid(0) < 0 || setegid(0) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
                abort();
        if (!opened) {
                fault("the daemon", "cannot be asked", "");
                return;
        }
        for (int i = 0; i < WORKERS * PEOPLE * DOORS; i++)
                if (!check_unlock(connection, now->things[i / (PEOPLE * DOORS)],
                                  i / (PEOPLE * DOORS), i / DOORS % PEOPLE, i % DOORS)) {
                        fault("the daemon", "does not answer", "");
                        return;
                }
}

int main(int argc, char **argv)
{
        static Model told, now;
        FILE *file = argc >= 3 ? fopen(argv[2], "re") : NULL;
        if (!file || !model_read(&told, file))
                return 2;
        (void)fclose(file);
        if (check_records(argv[1], &told, &now)) {
                check_database(argv[1], STATE_FILE);
                if (argc > 3) {
                        check_database(argv[1], "journal.db");
                        check_rows(argv[1], &now);
                        check_decisions(argv[3], &now);
                }
        }
        model_write(&now, stdout);
        printf("landed %u\n", landed);
        return faults ? 1 : 0;
}
