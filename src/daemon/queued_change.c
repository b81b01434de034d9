/* SPDX-License-Identifier: MIT */
/* Queued change: see queued_change.h. */
#include "daemon/queued_change.h"

#include <errno.h>

#include "daemon/change_text.h"
#include "daemon/server.h"
#include "policy/change.h"
#include "policy/delegation.h"
#include "policy/explain.h"
#include "policy/managed.h"
#include "util/timestamp.h"

#define TIME_MAX 253402300799 /* 9999-12-31T23:59:59Z */

static Text text_of(const QueuedChange *change, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(&change->message, tag, &text);
        return text;
}

/* One line of text, as it may stand in a policy file. */
static bool is_reason(Text text)
{
        return text.size <= CHANGE_REASON_MAX && text_is_printable(text);
}

static bool is_time(int64_t time_s)
{
        return time_s >= 0 && time_s <= TIME_MAX;
}

/* Whether what is stated of a grant's time makes a span that is not over. */
static bool has_sound_times(const QueuedChange *change, int64_t now_s)
{
        bool has_from = change->from_s != TIMESTAMP_MIN;
        bool has_until = change->until_s != TIMESTAMP_MAX;
        if (!has_from && !has_until)
                return true;
        return change->read.query.kind == QUERY_GRANT && (!has_from || is_time(change->from_s)) &&
               (!has_until || (is_time(change->until_s) && change->until_s > now_s)) &&
               change->from_s < change->until_s;
}

/* Reads the copy of the frame. Return: 0, QUERY_MALFORMED. */
static int read_frame(QueuedChange *change, size_t size, int64_t now_s)
{
        if (message_decode(change->frame, size, &change->message) < 0 ||
            query_from_message(&change->message, text_from(change->identity.name), &change->read) !=
                    0)
                return QUERY_MALFORMED;
        change->from_s = TIMESTAMP_MIN;
        change->until_s = TIMESTAMP_MAX;
        (void)message_time(&change->message, FIELD_FROM, &change->from_s);
        (void)message_time(&change->message, FIELD_UNTIL, &change->until_s);
        return has_sound_times(change, now_s) && is_reason(text_of(change, FIELD_WHY))
                       ? 0
                       : QUERY_MALFORMED;
}

/* The Unix groups of who asks: he may be gone when it is decided. */
static int copy_groups(QueuedChange *change, Client *client)
{
        const uint32_t *groups = client_groups(client, &change->group_count);
        change->groups = malloc((change->group_count + 1) * sizeof(*groups));
        if (!change->groups)
                return -ENOMEM;
        if (change->group_count > 0)
                memcpy(change->groups, groups, change->group_count * sizeof(*groups));
        return 0;
}

int queued_change_new(const Request *request, QueuedChange **ret_change)
{
        _cleanup_(queued_change_freep) QueuedChange *change = calloc(1, sizeof(*change));
        if (!change || !(change->frame = malloc(request->frame_size)))
                return -ENOMEM;
        memcpy(change->frame, request->frame, request->frame_size);
        change->server = request->server;
        change->request_id = request->message->request_id;
        change->identity = *request->identity;
        change->pid = request->client->peer.pid;
        change->share = CHANGES_MAX;
        change->dry_run = message_flag(request->message, FIELD_DRY_RUN);
        memcpy(change->revision, request->server->policy.revision, sizeof(change->revision));
        int r = decision_id_make(&change->id);
        if (r == 0)
                r = read_frame(change, request->frame_size, request->now_s);
        if (r == 0)
                r = copy_groups(change, request->client);
        if (r != 0)
                return r;
        *ret_change = change;
        change = NULL;
        return 0;
}

static void forget_decision(QueuedChange *change)
{
        free(change->detail);
        free(change->place);
        free(change->before);
        free(change->after);
        change->detail = change->place = change->before = change->after = NULL;
}

QueuedChange *queued_change_free(QueuedChange *change)
{
        if (!change)
                return NULL;
        forget_decision(change);
        free(change->groups);
        free(change->frame);
        free(change);
        return NULL;
}

void queued_change_fail(QueuedChange *change, Reason reason, const char *detail)
{
        change->outcome = OUTCOME_ERROR;
        change->reason = reason;
        free(change->detail);
        change->detail = detail ? strdup(detail) : NULL;
}

/* What a stream of the server holds. Return: owned by the caller, or NULL without memory. */
static char *end_of(TextStream *stream)
{
        Text text = text_stream_end(stream);
        return strndup(text.size ? text.data : "", text.size);
}

static void describe(QueuedChange *change, const DecisionContext *context, const Decision *decision)
{
        Server *server = change->server;
        const Image *image = server->policy.image;
        const Query *query = &change->read.query;
        char place[IMAGE_PLACE_SIZE];
        bool with_places = change->identity.kinds & IDENTITY_ROOT;
        (void)policy_describe(image, context, query, decision, with_places,
                              text_stream_begin(&server->describe));
        change->detail = end_of(&server->describe);
        change->place = strdup(image_place(image, decision->place, place, sizeof(place)));
        (void)change_write_before(image, query, text_stream_begin(&server->describe));
        change->before = end_of(&server->describe);
        (void)change_write_after(query, change->from_s, change->until_s,
                                 text_stream_begin(&server->describe));
        change->after = end_of(&server->describe);
}

/* What is allowed and yet cannot be done, as far as that can be known beforehand. */
static void look_ahead(QueuedChange *change)
{
        const Image *image = change->server->policy.image;
        char place[IMAGE_PLACE_SIZE], detail[IMAGE_PLACE_SIZE + 128];
        ImagePlace by_hand;
        if (!has_sound_times(change, change->decided_s)) {
                queued_change_fail(change, REASON_MALFORMED_QUERY,
                                   reason_text(REASON_MALFORMED_QUERY));
        } else if (change_by_hand(image, &change->read.query, change->decided_s, &by_hand)) {
                (void)snprintf(detail, sizeof(detail),
                               "%s: it " MANAGED_BY_HAND ": change it there",
                               image_place(image, by_hand, place, sizeof(place)));
                queued_change_fail(change, REASON_WRITTEN_BY_HAND, detail);
        } else if (!change->detail || !change->place || !change->before || !change->after) {
                queued_change_fail(change, REASON_JOURNAL_FAILED, strerror(ENOMEM));
        }
}

/* The policy may have changed since he asked: whose name his uid has must still be his. */
static bool is_still_himself(const QueuedChange *change)
{
        const Image *image = change->server->policy.image;
        Identity now = identity_of(image, change->identity.uid, change->server->own_uid);
        if (now.kinds & IDENTITY_UNNAMED)
                identity_set_name(&now, image, text_from(change->identity.name));
        return now.kinds & IDENTITY_PERSON && text_is(text_from(now.name), change->identity.name);
}

static DecisionContext context_of(const QueuedChange *change)
{
        DecisionContext context = server_context(change->server);
        if (change->server->policy.has_unix_groups) {
                context.unix_groups = change->groups;
                context.unix_group_count = change->group_count;
        }
        return context;
}

static Decision decide(const QueuedChange *change, const DecisionContext *context)
{
        return is_still_himself(change) ? policy_decide(change->server->policy.image, context,
                                                        &change->read.query, NULL)
                                        : decision_new(OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

bool queued_change_is_allowed(const QueuedChange *change)
{
        DecisionContext context = context_of(change);
        return decide(change, &context).outcome == OUTCOME_ALLOW;
}

void queued_change_decide(QueuedChange *change)
{
        Server *server = change->server;
        DecisionContext context = context_of(change);
        forget_decision(change);
        change->decided_s = context.now_s;
        memcpy(change->revision, server->policy.revision, sizeof(change->revision));
        Decision decision = decide(change, &context);
        change->outcome = decision.outcome;
        change->reason = decision.reason;
        describe(change, &context, &decision);
        if (decision.outcome == OUTCOME_ALLOW)
                look_ahead(change);
}

/* What all lines of a change have in common. */
static Change line_of(const QueuedChange *change)
{
        const Query *query = &change->read.query;
        return (Change){
                .organization = query->resource.organization,
                .target_type = query->resource.type,
                .target = query->resource.path,
                .from_s = change->from_s,
                .until_s = change->until_s,
                .by = text_from(change->identity.name),
                .at_s = change->decided_s,
                .reason = text_of(change, FIELD_WHY),
        };
}

static ChangeVerb verb_of(const Query *query)
{
        static const ChangeVerb VERBS[QUERY_KIND_COUNT] = {
                [QUERY_GRANT] = CHANGE_GRANT,
                [QUERY_REVOKE] = CHANGE_REVOKE,
                [QUERY_MIGRATE] = CHANGE_MIGRATE,
                [QUERY_ADD_MEMBER] = CHANGE_ADD_MEMBER,
                [QUERY_REMOVE_MEMBER] = CHANGE_REMOVE_MEMBER,
        };
        static const ChangeVerb CUSTOMIZATIONS[] = {
                [CUSTOMIZE_ADD] = CHANGE_CUSTOMIZE_ADD,
                [CUSTOMIZE_REMOVE] = CHANGE_CUSTOMIZE_REMOVE,
                [CUSTOMIZE_DEFAULT] = CHANGE_CUSTOMIZE_DEFAULT,
        };
        return query->kind == QUERY_CUSTOMIZE ? CUSTOMIZATIONS[query->verb] : VERBS[query->kind];
}

static int write_role(Change line, ChangeVerb verb, const RoleAt *role, FILE *stream)
{
        line.verb = verb;
        line.role = role->role;
        if (role->at_site)
                line.site = role->site.path;
        return change_write(&line, stream);
}

/* Says whether a role of a migration need not be given: it stands earlier in the question, or is
 * recorded for the user already. */
static bool is_superfluous(const QueuedChange *change, size_t index)
{
        const Query *query = &change->read.query;
        DecisionContext context = server_context(change->server);
        context.now_s = change->decided_s;
        Delegation delegation;
        uint32_t role, site;
        for (size_t i = 0; i < index; i++)
                if (text_equal(query->roles[i].whole, query->roles[index].whole))
                        return true;
        return delegation_open(change->server->policy.image, &context, query, NULL, &delegation) ==
                       REASON_NONE &&
               delegation_find_role(&delegation, &query->roles[index], &role, &site) ==
                       REASON_NONE &&
               delegation_recorded(&delegation, role, site);
}

size_t queued_change_lines(const QueuedChange *change)
{
        const Query *query = &change->read.query;
        return query->kind == QUERY_MIGRATE ? 1 + query->role_count : 1;
}

int queued_change_write(const QueuedChange *change, FILE *stream)
{
        const Query *query = &change->read.query;
        Change line = line_of(change);
        line.verb = verb_of(query);
        if (query->kind == QUERY_GRANT || query->kind == QUERY_REVOKE)
                return write_role(line, line.verb, &query->roles[0], stream);
        if (query->kind == QUERY_CUSTOMIZE) {
                line.object = query->permission;
                return write_role(line, line.verb, &query->roles[0], stream);
        }
        if (query->with_count > 0) {
                line.object_type = query->with[0].type;
                line.object = query->with[0].path;
        }
        int r = change_write(&line, stream);
        for (size_t i = 0; r == 0 && query->kind == QUERY_MIGRATE && i < query->role_count; i++)
                if (!is_superfluous(change, i))
                        r = write_role(line, CHANGE_GRANT, &query->roles[i], stream);
        return r;
}

JournalRow queued_change_row(const QueuedChange *change)
{
        JournalRow row = {
                .time_s = change->decided_s,
                .caller_uid = change->identity.uid,
                .caller_pid = change->pid,
                .is_minor = change->outcome != OUTCOME_ALLOW,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("change");
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&change->id);
        row.texts[JOURNAL_SUBJECT] = text_from(change->identity.name);
        row.texts[JOURNAL_CALLER_NAME] = text_from(change->identity.name);
        row.texts[JOURNAL_IDENTIFIED] = text_from(change->identity.how);
        row.texts[JOURNAL_ACTION] = text_of(change, FIELD_ACTION);
        row.texts[JOURNAL_RESOURCE] = text_of(change, FIELD_RESOURCE);
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(change->outcome));
        row.texts[JOURNAL_REASON] = text_from(reason_name(change->reason));
        row.texts[JOURNAL_GRANTED_BY] = text_from(change->detail);
        row.texts[JOURNAL_PLACE] = text_from(change->place);
        row.texts[JOURNAL_REVISION] = text_from(change->revision);
        row.texts[JOURNAL_WHY] = text_of(change, FIELD_WHY);
        row.texts[JOURNAL_BEFORE] = text_from(change->before);
        row.texts[JOURNAL_AFTER] = text_from(change->after);
        return row;
}

int queued_change_reply(const QueuedChange *change, Client *client)
{
        Answer answer = {
                .request_id = change->request_id,
                .user = text_from(change->identity.name),
                .action = text_of(change, FIELD_ACTION),
                .resource = text_of(change, FIELD_RESOURCE),
                .outcome = change->outcome,
                .reason = text_from(reason_name(change->reason)),
                .detail = text_from(change->detail),
                .decision_id = decision_id_text(&change->id),
                .revision = text_from(change->revision),
                .subject = text_from(change->identity.name),
        };
        return reply_answer(client, &answer);
}

void queued_change_finish(QueuedChange *change)
{
        Server *server = change->server;
        Client *client = change->client;
        server_count(server, change->outcome);
        bool tried_in_vain = change->dry_run && change->outcome == OUTCOME_ERROR;
        if (change->outcome != OUTCOME_ALLOW && !tried_in_vain) {
                JournalRow row = queued_change_row(change);
                (void)journal_append(server->journal, &row, NULL, NULL);
        }
        if (client) {
                client->change = NULL;
                if (queued_change_reply(change, client) < 0)
                        client_break(client);
                client_resume_later(client);
        }
        queued_change_free(change);
}
