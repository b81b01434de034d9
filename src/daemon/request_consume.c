/* SPDX-License-Identifier: MIT */
/*
 * Consume: a program that got the id of an unlock command from the PAM module, or in an answer, is
 * about to move the lock itself. It may once, for whoever asks first; the row that says so is on
 * disk before it is told.
 */
#include <string.h>

#include "daemon/pending.h"
#include "daemon/request.h"
#include "daemon/server.h"

/* One request to consume. */
typedef struct Consume {
        Command *command; /* NULL: there is none, or none for this caller */
        Target target;
        bool is_root, may_report;
        Text caller; /* empty: not a listed one at this door */
        char caller_text[IDENTITY_CALLER_SIZE];
} Consume;

/* Who asks, at that door. Return: whether it may consume anything there. */
static bool find_caller(const Request *request, Consume *consume)
{
        const Image *image = request->server->policy.image;
        Resource resource;
        consume->is_root = request->identity->kinds & IDENTITY_ROOT;
        if (resource_parse(request_text(request, FIELD_RESOURCE), &resource, NULL) != 0 ||
            resource.type != RESOURCE_DOOR ||
            policy_find_target(image, &resource, &consume->target) != REASON_NONE)
                return consume->is_root;
        const ImageCaller *caller =
                identity_caller(image, request->identity, consume->target.organization);
        if (!caller || !(caller->may & CALLER_MAY_UNLOCK) ||
            !identity_caller_reaches(image, caller, &consume->target))
                return consume->is_root;
        consume->caller = identity_caller_text(image, caller, consume->caller_text);
        consume->may_report = caller->may & CALLER_MAY_REPORT;
        return true;
}

/* The command of that id at that door. */
static Command *find_command(const Request *request)
{
        const size_t prefix = sizeof("door:") - 1;
        Text resource = request_text(request, FIELD_RESOURCE);
        Command *command = command_table_find(request->server->commands.table,
                                              request_text(request, FIELD_DECISION_ID));
        if (!command || command->state == COMMAND_MAKING || resource.size < prefix ||
            memcmp(resource.data, "door:", prefix) != 0)
                return NULL;
        Text path = { resource.data + prefix, resource.size - prefix };
        return text_is(path, command->door) ? command : NULL;
}

/* Whether nobody has had it: what a reader asked for itself is its own, once. */
static bool is_free_for(const Command *command, const Consume *consume)
{
        if (command->state == COMMAND_GIVEN)
                return true;
        return command->state == COMMAND_HANDED_OVER && command->is_asked_for &&
               consume->caller.size > 0 && text_is(consume->caller, command->gateway);
}

/* Return: REASON_NONE, or why not. */
static Reason judge(const Consume *consume)
{
        const Command *command = consume->command;
        if (!command)
                return REASON_COMMAND_UNKNOWN;
        if (!is_free_for(command, consume))
                return command->state == COMMAND_EXPIRED ? REASON_COMMAND_LATE
                                                         : REASON_COMMAND_CONSUMED;
        return command_valid_ms(command, command_moment()) == 0 ? REASON_COMMAND_LATE : REASON_NONE;
}

static Answer answer_of(const Request *request, const Consume *consume, Reason reason)
{
        const Command *command = consume->command;
        Answer answer = {
                .request_id = request->message->request_id,
                .user = command ? text_from(command->subject) : TEXT_NULL,
                .action = TEXT_LITERAL("consume"),
                .resource = request_text(request, FIELD_RESOURCE),
                .outcome = reason == REASON_NONE ? OUTCOME_ALLOW : OUTCOME_DENY,
                .reason = text_from(reason == REASON_NONE ? command->reason : reason_name(reason)),
                .detail = reason == REASON_NONE ? TEXT_NULL : text_from(reason_text(reason)),
                .decision_id = request_text(request, FIELD_DECISION_ID),
                .revision = command ? text_from(command->revision) : TEXT_NULL,
                .subject = command ? text_from(command->subject) : TEXT_NULL,
        };
        if (reason == REASON_NONE) {
                answer.not_after_s = command->not_after_s;
                answer.door = text_from(command->door);
                answer.release_s = command->seconds;
        }
        return answer;
}

static JournalRow row_of(const Request *request, const Consume *consume, const Answer *answer)
{
        bool allowed = answer->outcome == OUTCOME_ALLOW;
        JournalRow row = request_row(request, "command");
        /* Whoever asks may write anything there: only an id is one on record. */
        if (command_id_is_valid(answer->decision_id))
                row.texts[JOURNAL_DECISION_ID] = answer->decision_id;
        row.texts[JOURNAL_SUBJECT] = answer->subject;
        row.texts[JOURNAL_ACTION] = answer->action;
        row.texts[JOURNAL_RESOURCE] = answer->resource;
        row.texts[JOURNAL_DECISION] =
                allowed ? text_from(command_state_name(COMMAND_CONSUMED)) : TEXT_LITERAL("deny");
        row.texts[JOURNAL_REASON] = allowed ? TEXT_NULL : answer->reason;
        row.texts[JOURNAL_GATEWAY] = consume->caller;
        return row;
}

/* It is nobody else's from now on; the answer waits for the disk. */
static int take(const Request *request, const Consume *consume)
{
        Server *server = request->server;
        Command *command = consume->command;
        if (command_set_gateway(command, consume->caller) < 0)
                return request_refuse(request, &refusal_busy);
        command->awaits_report = consume->may_report;
        Answer answer = answer_of(request, consume, REASON_NONE);
        JournalRow row = row_of(request, consume, &answer);
        if (consume->may_report)
                command_open_row(command, &row);
        else
                row.effect = JOURNAL_EFFECT_CLOSES_COMMAND;
        command_take(server, command, COMMAND_CONSUMED);
        request_count(request, OUTCOME_ALLOW);
        server->counters.recorded++;
        return pending_begin(request->client, &row, &answer,
                             image_header(server->policy.image)->settings.unlocks_need_journal,
                             NULL, NULL);
}

int request_consume(const Request *request)
{
        Consume consume = { 0 };
        if (find_caller(request, &consume))
                consume.command = find_command(request);
        Reason reason = judge(&consume);
        if (reason == REASON_NONE)
                return take(request, &consume);
        Answer answer = answer_of(request, &consume, reason);
        JournalRow row = row_of(request, &consume, &answer);
        request_count(request, OUTCOME_DENY);
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        return reply_answer(request->client, &answer);
}
