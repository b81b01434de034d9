/* SPDX-License-Identifier: MIT */
/*
 * Unlock and enter: somebody wants a door to open, from afar or with a badge at its reader. An
 * allow is a command with an id that is void after COMMAND_SECONDS, and is on disk before it is
 * given (command.h). The command of a badge belongs to the reader that asked.
 */
#include <stdio.h>

#include "daemon/pending.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "policy/card.h"
#include "policy/door_state.h"
#include "policy/explain.h"

/* One unlock command in the making. */
typedef struct Unlock {
        const char *kind; /* of its row in the journal */
        Query query;
        Target target;
        Decision decision;
        bool about_self;
        bool break_glass;
        bool is_badge;
        Text card; /* of a badge, as its reader read it; empty: a person is named */
        uint64_t card_number;
        char card_why[48];
        DecisionId id;
        char place[IMAGE_PLACE_SIZE];
        Text caller; /* that asks for somebody else; empty: none does */
        bool caller_reports;
        char caller_text[IDENTITY_CALLER_SIZE];
} Unlock;

/* Whether a listed caller may unlock for somebody at that door; if so, it is the one who asks. */
static bool caller_may_unlock(const Request *request, Unlock *unlock)
{
        const unsigned rights = CALLER_MAY_UNLOCK | CALLER_MAY_VOUCH;
        const Image *image = request->server->policy.image;
        const ImageCaller *caller =
                identity_caller(image, request->identity, unlock->target.organization);
        if (unlock->target.index == IMAGE_NONE || !caller || (caller->may & rights) != rights ||
            !identity_caller_reaches(image, caller, &unlock->target))
                return false;
        unlock->caller = identity_caller_text(image, caller, unlock->caller_text);
        unlock->caller_reports = caller->may & CALLER_MAY_REPORT;
        return true;
}

/* For whom the peer unlocks. Return: NULL, or why it may not. */
static const Refusal *find_subject(const Request *request, Unlock *unlock)
{
        const Identity *identity = request->identity;
        bool has_user = message_text(request->message, FIELD_USER, &unlock->query.user);
        bool has_why = request_text(request, FIELD_WHY).size > 0;
        bool own_name = has_user && text_is(unlock->query.user, identity->name);
        if ((identity->kinds & IDENTITY_ROOT) && !has_user && has_why) {
                unlock->break_glass = true;
                unlock->query.user = TEXT_LITERAL("root");
                return NULL;
        }
        if ((identity->kinds & IDENTITY_PERSON) && !has_why && (!has_user || own_name)) {
                unlock->about_self = true;
                unlock->query.user = text_from(identity->name);
                return NULL;
        }
        if ((identity->kinds & IDENTITY_CALLER) && has_user && !has_why &&
            caller_may_unlock(request, unlock))
                return NULL;
        return identity->kinds & IDENTITY_ROOT ? &refusal_why_missing : &refusal_not_allowed;
}

/* For whom a reader asks; nobody when it is a card that nobody has. Return: NULL, or why it may
 * not. */
static const Refusal *find_badge(const Request *request, Unlock *unlock)
{
        const Image *image = request->server->policy.image;
        unlock->query.user = request_text(request, FIELD_USER);
        if (!caller_may_unlock(request, unlock))
                return &refusal_not_allowed;
        if (unlock->card.size > 0) {
                uint32_t index =
                        image_find_card(image, unlock->target.organization, unlock->card_number);
                const ImageUser *user = image_user(image, index);
                unlock->query.user = user ? image_string(image, user->name) : TEXT_NULL;
        }
        return NULL;
}

/* Root opens a door that exists, whatever roles and switches say. */
static Decision decide_break_glass(const Unlock *unlock)
{
        return unlock->target.index != IMAGE_NONE
                       ? decision_new(OUTCOME_ALLOW, REASON_BREAK_GLASS)
                       : decision_new(OUTCOME_ERROR, REASON_UNKNOWN_RESOURCE);
}

/* Decides and describes. Return: what decided, borrowed from the server's stream. */
static Text decide(const Request *request, Unlock *unlock)
{
        Server *server = request->server;
        const Image *image = server->policy.image;
        if (unlock->break_glass) {
                unlock->decision = decide_break_glass(unlock);
                return TEXT_NULL;
        }
        if (unlock->is_badge && unlock->query.user.size == 0) {
                unlock->decision = decision_new(OUTCOME_DENY, REASON_UNKNOWN_CARD);
                return text_from(reason_text(REASON_UNKNOWN_CARD));
        }
        DecisionContext context = server_context(server);
        if (unlock->about_self && server->policy.has_unix_groups)
                context.unix_groups = client_groups(request->client, &context.unix_group_count);
        unlock->decision = policy_decide(image, &context, &unlock->query, NULL);
        (void)policy_describe(image, &context, &unlock->query, &unlock->decision, false,
                              text_stream_begin(&server->describe));
        return text_stream_end(&server->describe);
}

static JournalRow row_of(const Request *request, Unlock *unlock, const Answer *answer)
{
        const Image *image = request->server->policy.image;
        JournalRow row = request_row(request, unlock->kind);
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&unlock->id);
        row.texts[JOURNAL_SUBJECT] = answer->subject;
        row.texts[JOURNAL_USER] =
                unlock->is_badge ? unlock->query.user : request_text(request, FIELD_USER);
        row.texts[JOURNAL_ACTION] = answer->action;
        row.texts[JOURNAL_RESOURCE] = answer->resource;
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(answer->outcome));
        row.texts[JOURNAL_REASON] = answer->reason;
        row.texts[JOURNAL_GRANTED_BY] = answer->detail;
        row.texts[JOURNAL_PLACE] = text_from(
                image_place(image, unlock->decision.place, unlock->place, sizeof(unlock->place)));
        row.texts[JOURNAL_WHY] = request_text(request, FIELD_WHY);
        if (unlock->card.size > 0) {
                (void)snprintf(unlock->card_why, sizeof(unlock->card_why), "card %.*s",
                               (int)unlock->card.size, unlock->card.data);
                row.texts[JOURNAL_WHY] = text_from(unlock->card_why);
        }
        return row;
}

static void raise_alarm(const Request *request, const Answer *answer)
{
        char why[512], door[512];
        alerts_event(request->server, "break-glass-unlock", "uid %u unlocks %s: %s",
                     request->client->peer.uid, text_escape(answer->resource, door, sizeof(door)),
                     text_escape(request_text(request, FIELD_WHY), why, sizeof(why)));
}

/* Makes the command of an allow, which is what the answer says then. Return: as command_make(). */
static int make_command(const Request *request, const Unlock *unlock, const DoorRelease *release,
                        Answer *answer, Command **ret_command)
{
        Text path = { answer->resource.data + sizeof("door:") - 1,
                      answer->resource.size - (sizeof("door:") - 1) };
        CommandFacts facts = {
                .id = answer->decision_id,
                .door = path,
                .subject = answer->subject,
                .reason = answer->reason,
                .revision = answer->revision,
                .asker = unlock->caller,
                .asker_uid = request->identity->uid,
                .seconds = release->seconds,
                .not_after_s = server_system_s(request->server) + COMMAND_SECONDS,
        };
        if (unlock->is_badge) {
                facts.is_asked_for = true;
                facts.gateway = unlock->caller;
                facts.awaits_report = unlock->caller_reports;
        }
        int r = command_make(request->server, &facts, ret_command);
        if (r != 0)
                return r;
        answer->not_after_s = facts.not_after_s;
        answer->door = path;
        answer->release_s = release->seconds;
        answer->gateway = command_gateway_text(*ret_command);
        return 0;
}

/* Nobody is there who could open the door: told at once, and no command. */
static int answer_away(const Request *request, Unlock *unlock, Answer *answer)
{
        unlock->decision.place.file = IMAGE_NONE;
        answer->outcome = OUTCOME_ERROR;
        answer->reason = text_from(reason_name(REASON_GATEWAY_AWAY));
        answer->detail = text_from(reason_text(REASON_GATEWAY_AWAY));
        answer->door_state = TEXT_NULL;
        JournalRow row = row_of(request, unlock, answer);
        request_count(request, OUTCOME_ERROR);
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        return reply_answer(request->client, answer);
}

/* Answers an allow when it is on disk. */
static int allow(const Request *request, Unlock *unlock, Answer *answer)
{
        Server *server = request->server;
        const PolicyHolder *policy = &server->policy;
        Command *command;
        if (unlock->break_glass)
                raise_alarm(request, answer);
        DoorRelease release = door_release_of(policy->image, policy->generation,
                                              unlock->target.index, unlock->decision.user);
        int r = make_command(request, unlock, &release, answer, &command);
        if (r == COMMAND_GATEWAY_AWAY)
                return answer_away(request, unlock, answer);
        if (r != 0) {
                server->counters.busy++;
                return request_refuse(request, &refusal_busy);
        }
        JournalRow row = row_of(request, unlock, answer);
        command_open_row(command, &row);
        request_count(request, OUTCOME_ALLOW);
        server->counters.recorded++;
        return pending_begin(request->client, &row, answer,
                             image_header(policy->image)->settings.unlocks_need_journal, &release,
                             command);
}

/* Answers; a denial need not wait for the disk. */
static int finish(const Request *request, Unlock *unlock, Answer *answer)
{
        if (answer->outcome == OUTCOME_ALLOW)
                return allow(request, unlock, answer);
        JournalRow row = row_of(request, unlock, answer);
        request_count(request, answer->outcome);
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        return reply_answer(request->client, answer);
}

/* What the door is meant to be, for whoever moves the lock: only of a door that he may open. */
static Text state_of(const Request *request, const Unlock *unlock)
{
        DecisionContext context = server_context(request->server);
        DoorSituation situation = policy_door_situation(request->server->policy.image, &context,
                                                        unlock->target.index);
        return text_from(door_state_name(situation.state));
}

static int answer_error(const Request *request, Answer *answer, Reason reason)
{
        DecisionId id;
        answer->outcome = OUTCOME_ERROR;
        answer->reason = text_from(reason_name(reason));
        answer->detail = text_from(reason_text(reason));
        answer->decision_id = request_answer_id(request, &id);
        request_count(request, OUTCOME_ERROR);
        return reply_answer(request->client, answer);
}

/* Reads whose badge it is: a person's by name, or a card. Return: false when it is not one. */
static bool read_badge(const Request *request, Unlock *unlock)
{
        Text user;
        bool has_user = message_text(request->message, FIELD_USER, &user);
        bool has_card = message_text(request->message, FIELD_CARD, &unlock->card);
        return has_user ? !has_card && user.size > 0
                        : has_card && card_parse(unlock->card, &unlock->card_number);
}

/* Reads the door, and what a badge states. Return: false when that is none. */
static bool read_request(const Request *request, Unlock *unlock)
{
        Text resource = request_text(request, FIELD_RESOURCE), property;
        unlock->target.index = IMAGE_NONE;
        if (resource_parse(resource, &unlock->query.resource, NULL) != 0 ||
            unlock->query.resource.type != RESOURCE_DOOR ||
            (unlock->is_badge && !read_badge(request, unlock)))
                return false;
        if (message_text(request->message, FIELD_PROPERTY, &property)) {
                if (message_text_at(request->message, FIELD_PROPERTY, 1, &property))
                        return false;
                unlock->query.has_code = text_is(property, "code=true")    ? PROPERTY_TRUE
                                         : text_is(property, "code=false") ? PROPERTY_FALSE
                                                                           : PROPERTY_UNSTATED;
                if (unlock->query.has_code == PROPERTY_UNSTATED)
                        return false;
        }
        (void)policy_find_target(request->server->policy.image, &unlock->query.resource,
                                 &unlock->target);
        return true;
}

/* Decides and answers by the permission of a command, for whom find_who() says. */
static int serve(const Request *request, Unlock *unlock, PermissionCommand command,
                 const Refusal *(*find_who)(const Request *request, Unlock *unlock))
{
        const PolicyHolder *policy = &request->server->policy;
        const ImagePermission *permission =
                image_permission(policy->image, image_header(policy->image)->commands[command]);
        Answer answer = {
                .request_id = request->message->request_id,
                .user = request_text(request, FIELD_USER),
                .resource = request_text(request, FIELD_RESOURCE),
                .revision = text_from(policy->revision),
        };
        if (!permission)
                return answer_error(request, &answer, REASON_UNKNOWN_PERMISSION);
        answer.action = unlock->query.permission = image_string(policy->image, permission->name);
        if (!read_request(request, unlock))
                return answer_error(request, &answer, REASON_MALFORMED_QUERY);
        const Refusal *refusal = find_who(request, unlock);
        if (refusal)
                return request_refuse(request, refusal);
        answer.detail = decide(request, unlock);
        answer.user = answer.subject = unlock->query.user;
        answer.outcome = unlock->decision.outcome;
        answer.reason = text_from(reason_name(unlock->decision.reason));
        if (answer.outcome == OUTCOME_ALLOW)
                answer.door_state = state_of(request, unlock);
        if (decision_id_make(&unlock->id) < 0)
                return answer_error(request, &answer, REASON_JOURNAL_FAILED);
        answer.decision_id = decision_id_text(&unlock->id);
        return finish(request, unlock, &answer);
}

int request_unlock(const Request *request)
{
        Unlock unlock = { .kind = "unlock" };
        return serve(request, &unlock, PERMISSION_COMMAND_UNLOCK, find_subject);
}

int request_enter(const Request *request)
{
        Unlock unlock = { .kind = "enter", .is_badge = true };
        return serve(request, &unlock, PERMISSION_COMMAND_ENTER, find_badge);
}
