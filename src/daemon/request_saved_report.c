/* SPDX-License-Identifier: MIT */
/*
 * Saved reports: saved, listed, shown and deleted. One's own always; those of others as the
 * permissions say at the organization that they are about. A report of somebody else that may not
 * be seen and one that is not there are answered alike.
 */
#include "daemon/request_saved_report.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/events_access.h"
#include "daemon/server.h"
#include "util/name.h"
#include "util/timestamp.h"

#define STATUS_DENIED 1
#define STATUS_FAILED 3

static const Refusal refusal_malformed = { "malformed-query", STATUS_FAILED,
                                           "This is no request about a saved report." };
static const Refusal refusal_unknown = { "unknown-report", STATUS_DENIED,
                                         "There is no such report, or not for you." };
static const Refusal refusal_too_many = { "too-many-reports", STATUS_FAILED,
                                          "There is no room for one more saved report." };
static const Refusal refusal_journal = { "journal-failed", STATUS_FAILED,
                                         "The report could not be stored." };

static bool is_root(const Request *request)
{
        return request->identity->kinds & IDENTITY_ROOT;
}

static Text own_name(const Request *request)
{
        return is_root(request) ? TEXT_LITERAL(SAVED_REPORT_ROOT)
                                : text_from(request->identity->name);
}

static int refuse(const Request *request, const Refusal *refusal, Text id)
{
        return reply_refusal(request->client, request->message->request_id, refusal, id);
}

int request_refuse_report(const Request *request)
{
        return refuse(request, &refusal_unknown, TEXT_NULL);
}

/* The organization that a report is about, as a resource. */
static Text organization_of(const SavedReport *report, char *buffer, size_t size)
{
        Text text;
        Resource resource;
        if (!saved_report_text(report, FIELD_RESOURCE, &text) ||
            resource_parse(text, &resource, NULL) != 0)
                return TEXT_NULL;
        (void)snprintf(buffer, size, "organization:%.*s", (int)resource.organization.size,
                       resource.organization.data);
        return text_from(buffer);
}

static bool may_see(const Request *request, const SavedReport *report, PermissionCommand command,
                    bool record)
{
        char buffer[128];
        DecisionId id;
        if (is_root(request) || text_is(own_name(request), report->owner))
                return true;
        Text organization = organization_of(report, buffer, sizeof(buffer));
        EventsAccess access =
                events_access_command(request->client, request->identity, command, organization);
        if (!access.allowed && record)
                (void)events_access_record(request->client, request->identity, &access,
                                           organization, &id);
        return access.allowed;
}

/* ---- What waits for the disk ---- */

struct Saving {
        Client *client; /* NULL: gone */
        uint64_t request_id;
};

static void on_stored(void *data, bool made)
{
        Saving *saving = data;
        Client *client = saving->client;
        if (client) {
                client->saving = NULL;
                int r = made ? reply_end(client, saving->request_id, 0, 0, TEXT_NULL)
                             : reply_refusal(client, saving->request_id, &refusal_journal,
                                             TEXT_NULL);
                if (r < 0)
                        client_free(client);
                else
                        client_resume(client);
        }
        free(saving);
}

void request_saving_forget(Saving *saving)
{
        saving->client = NULL;
}

static int store(const Request *request, const StateChange *change, Text resource)
{
        Saving *saving = calloc(1, sizeof(*saving));
        if (!saving)
                return -ENOMEM;
        *saving = (Saving){ request->client, request->message->request_id };
        DecisionId id;
        JournalRow row = request_row(request, "report");
        row.texts[JOURNAL_DECISION_ID] =
                decision_id_make(&id) == 0 ? decision_id_text(&id) : TEXT_NULL;
        row.texts[JOURNAL_SUBJECT] = own_name(request);
        row.texts[JOURNAL_ACTION] = request_text(request, FIELD_ACTION);
        row.texts[JOURNAL_USER] = change->record.note.by;
        row.texts[JOURNAL_RESOURCE] = resource;
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("done");
        row.texts[JOURNAL_WHY] = change->record.resource;
        if (live_state_change(request->server, &row, change, 1, on_stored, saving) < 0) {
                free(saving);
                return refuse(request, &refusal_journal, TEXT_NULL);
        }
        request->client->saving = saving;
        client_wait(request->client, CLIENT_WAITS_JOURNAL, request->message->request_id,
                    server_deadline(request->server));
        return 0;
}

/* ---- The actions ---- */

static int save(const Request *request)
{
        char definition[LIVE_TEXT_MAX];
        Text name = request_text(request, FIELD_REPORT), owner = own_name(request);
        Text place = request_text(request, FIELD_RESOURCE);
        Resource resource;
        DecisionId id;
        if (!name_is_valid(name) || resource_parse(place, &resource, NULL) != 0 ||
            (resource.type != RESOURCE_SITE && resource.type != RESOURCE_DOOR) ||
            !saved_report_define(request->message, definition, sizeof(definition)))
                return refuse(request, &refusal_malformed, TEXT_NULL);
        if (!is_root(request)) {
                EventsAccess access = events_access_command(request->client, request->identity,
                                                            PERMISSION_COMMAND_SAVE_REPORT, place);
                if (!access.allowed)
                        return refuse(request,
                                      &(Refusal){ access.reason.data, STATUS_DENIED,
                                                  "The report may not be saved." },
                                      events_access_record(request->client, request->identity,
                                                           &access, place, &id));
        }
        if (!saved_reports_has_room(&request->server->saved_reports, owner, name))
                return refuse(request, &refusal_too_many, TEXT_NULL);
        StateChange change = { .kind = STATE_CHANGE_SAVE_REPORT,
                               .record = { .resource = name,
                                           .note = { .by = owner,
                                                     .why = text_from(definition),
                                                     .at_s = request->now_s } } };
        return store(request, &change, place);
}

const SavedReport *request_find_report(const Request *request, PermissionCommand command)
{
        Text owner = own_name(request);
        (void)message_text(request->message, FIELD_USER, &owner);
        const SavedReport *report = saved_reports_find(&request->server->saved_reports, owner,
                                                       request_text(request, FIELD_REPORT));
        return report && may_see(request, report, command, true) ? report : NULL;
}

static int send_report(const Request *request, const SavedReport *report, uint32_t sequence)
{
        static const struct {
                FieldTag tag;
                const char *name;
        } fields[] = { { FIELD_RESOURCE, "resource" },
                       { FIELD_WITH, "door" },
                       { FIELD_USER, "user" } };
        Server *server = request->server;
        MessageWriter writer;
        Text text;
        size_t size;
        char time[TIMESTAMP_TEXT_SIZE];
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             request->message->request_id, sequence);
        message_write_pair(&writer, TEXT_LITERAL("name"), text_from(report->name));
        message_write_pair(&writer, TEXT_LITERAL("owner"), text_from(report->owner));
        message_write_pair(&writer, TEXT_LITERAL("saved"),
                           text_from(timestamp_format(report->saved_s, time)));
        for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
                if (saved_report_text(report, fields[i].tag, &text))
                        message_write_pair(&writer, text_from(fields[i].name), text);
        if (saved_report_text(report, FIELD_DENIED, &text))
                message_write_pair(&writer, TEXT_LITERAL("denied"), TEXT_LITERAL("true"));
        static const FieldTag times[] = { FIELD_SINCE, FIELD_UNTIL };
        for (size_t i = 0; i < 2; i++)
                if (saved_report_text(report, times[i], &text))
                        message_write_pair(
                                &writer, i ? TEXT_LITERAL("until") : TEXT_LITERAL("since"),
                                text_from(timestamp_format(strtoll(text.data, NULL, 10), time)));
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r : client_send(request->client, server->send_buffer, size);
}

static int list_reports(const Request *request, bool all)
{
        const SavedReports *reports = &request->server->saved_reports;
        uint32_t sequence = 0;
        bool left_out = false;
        for (size_t i = 0; i < reports->list.count; i++) {
                const SavedReport *report = &reports->list.items[i];
                bool own = text_is(own_name(request), report->owner);
                if (!own && (!all || !may_see(request, report,
                                              PERMISSION_COMMAND_VIEW_OTHERS_REPORT, false))) {
                        left_out = all;
                        continue;
                }
                int r = send_report(request, report, sequence++);
                if (r < 0)
                        return r;
        }
        return reply_end(request->client, request->message->request_id, sequence, 0,
                         left_out ? TEXT_LITERAL("reports of others are left out: you may not "
                                                 "view them")
                                  : TEXT_NULL);
}

static int list_own(const Request *request)
{
        return list_reports(request, false);
}

static int list_all(const Request *request)
{
        return list_reports(request, true);
}

static int show(const Request *request)
{
        const SavedReport *report =
                request_find_report(request, PERMISSION_COMMAND_VIEW_OTHERS_REPORT);
        if (!report)
                return request_refuse_report(request);
        int r = send_report(request, report, 0);
        return r < 0 ? r
                     : reply_end(request->client, request->message->request_id, 1, 0, TEXT_NULL);
}

static int delete_report(const Request *request)
{
        const SavedReport *report =
                request_find_report(request, PERMISSION_COMMAND_DELETE_OTHERS_REPORT);
        Text place = TEXT_NULL;
        if (!report)
                return request_refuse_report(request);
        (void)saved_report_text(report, FIELD_RESOURCE, &place);
        StateChange change = { .kind = STATE_CHANGE_DELETE_REPORT,
                               .record = { .resource = text_from(report->name),
                                           .note = { .by = text_from(report->owner) } } };
        return store(request, &change, place);
}

int request_saved_report(const Request *request)
{
        static const struct {
                const char *action;
                int (*act)(const Request *request);
        } actions[] = { { "save", save },
                        { "list", list_own },
                        { "list-all", list_all },
                        { "show", show },
                        { "delete", delete_report } };
        for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
                if (text_is(request_text(request, FIELD_ACTION), actions[i].action))
                        return actions[i].act(request);
        return refuse(request, &refusal_malformed, TEXT_NULL);
}
