/* SPDX-License-Identifier: MIT */
/* Queued change: see queued_change.h. */
#include "daemon/queued_change.h"

#include <errno.h>

#include "daemon/change_text.h"
#include "daemon/server.h"
#include "policy/change.h"
#include "policy/delegation.h"
#include "util/timestamp.h"

#define TIME_MAX 253402300799 /* 9999-12-31T23:59:59Z */

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

static int read_request(QueuedChange *change, const Request *request)
{
        int r = change_facts_open(&change->facts, request);
        if (r == 0 &&
            query_from_message(&change->facts.message, text_from(change->facts.identity.name),
                               &change->read) != 0)
                r = QUERY_MALFORMED;
        if (r != 0)
                return r;
        change->share = CHANGES_MAX;
        change->from_s = TIMESTAMP_MIN;
        change->until_s = TIMESTAMP_MAX;
        (void)message_time(&change->facts.message, FIELD_FROM, &change->from_s);
        (void)message_time(&change->facts.message, FIELD_UNTIL, &change->until_s);
        return has_sound_times(change, request->now_s) ? 0 : QUERY_MALFORMED;
}

int queued_change_new(const Request *request, QueuedChange **ret_change)
{
        _cleanup_(queued_change_freep) QueuedChange *change = calloc(1, sizeof(*change));
        if (!change)
                return -ENOMEM;
        int r = read_request(change, request);
        if (r != 0)
                return r;
        *ret_change = change;
        change = NULL;
        return 0;
}

QueuedChange *queued_change_free(QueuedChange *change)
{
        if (!change)
                return NULL;
        change_facts_clear(&change->facts);
        free(change);
        return NULL;
}

void queued_change_fail(QueuedChange *change, Reason reason, const char *detail)
{
        change_facts_fail(&change->facts, OUTCOME_ERROR, reason, detail);
}

/* What a stream of the server holds. Return: owned by the caller, or NULL without memory. */
static char *end_of(TextStream *stream)
{
        Text text = text_stream_end(stream);
        return strndup(text.size ? text.data : "", text.size);
}

static void describe(QueuedChange *change, const DecisionContext *context, const Decision *decision)
{
        ChangeFacts *facts = &change->facts;
        TextStream *stream = &facts->server->describe;
        const Query *query = &change->read.query;
        change_facts_place(facts, decision);
        change_facts_describe(facts, context, query, decision,
                              facts->identity.kinds & IDENTITY_ROOT);
        (void)change_write_before(facts->server->policy.image, query, text_stream_begin(stream));
        facts->before = end_of(stream);
        (void)change_write_after(query, change->from_s, change->until_s, text_stream_begin(stream));
        facts->after = end_of(stream);
}

/* What is allowed and yet cannot be done, as far as that can be known beforehand. */
static void look_ahead(QueuedChange *change)
{
        ChangeFacts *facts = &change->facts;
        const Image *image = facts->server->policy.image;
        ImagePlace by_hand;
        if (!has_sound_times(change, facts->decided_s))
                queued_change_fail(change, REASON_MALFORMED_QUERY,
                                   reason_text(REASON_MALFORMED_QUERY));
        else if (change_by_hand(image, &change->read.query, facts->decided_s, &by_hand))
                change_facts_fail_by_hand(facts, by_hand);
        else
                (void)change_facts_complete(facts);
}

static Decision decide(const QueuedChange *change, const DecisionContext *context)
{
        const ChangeFacts *facts = &change->facts;
        return change_facts_is_himself(facts) ? policy_decide(facts->server->policy.image, context,
                                                              &change->read.query, NULL)
                                              : decision_new(OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

bool queued_change_is_allowed(const QueuedChange *change)
{
        DecisionContext context = change_facts_context(&change->facts);
        return decide(change, &context).outcome == OUTCOME_ALLOW;
}

void queued_change_decide(QueuedChange *change)
{
        DecisionContext context = change_facts_context(&change->facts);
        change_facts_begin(&change->facts, context.now_s);
        Decision decision = decide(change, &context);
        change->facts.outcome = decision.outcome;
        change->facts.reason = decision.reason;
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
                .by = text_from(change->facts.identity.name),
                .at_s = change->facts.decided_s,
                .reason = change_facts_text(&change->facts, FIELD_WHY),
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
        DecisionContext context = server_context(change->facts.server);
        context.now_s = change->facts.decided_s;
        Delegation delegation;
        uint32_t role, site;
        for (size_t i = 0; i < index; i++)
                if (text_equal(query->roles[i].whole, query->roles[index].whole))
                        return true;
        return delegation_open(change->facts.server->policy.image, &context, query, NULL,
                               &delegation) == REASON_NONE &&
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
        return change_facts_row(&change->facts, "change");
}

int queued_change_reply(const QueuedChange *change, Client *client)
{
        Answer answer = change_facts_answer(&change->facts);
        return reply_answer(client, &answer);
}

void queued_change_finish(QueuedChange *change)
{
        Server *server = change->facts.server;
        Client *client = change->client;
        server_count(server, change->facts.outcome);
        bool tried_in_vain = change->facts.dry_run && change->facts.outcome == OUTCOME_ERROR;
        if (change->facts.outcome != OUTCOME_ALLOW && !tried_in_vain) {
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
