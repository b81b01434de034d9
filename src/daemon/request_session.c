/* SPDX-License-Identifier: MIT */
/*
 * Session: what the PAM module asks, and tells when a session ends. Root's word is taken for who
 * the user and the caller are, uid 0's also for their Unix groups; a person who asks (a screen
 * locker) is believed nothing but what the kernel says about him.
 */
#include "daemon/pending.h"
#include "daemon/process.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "daemon/session_end.h"
#include "policy/door_state.h"
#include "policy/session.h"

/* One session request in the making. */
typedef struct Session {
        SessionRequest request;
        SessionDecision decided;
        uint32_t phase;
        bool attested;
        DecisionId id;
        char place[IMAGE_PLACE_SIZE];
        char resource[RESOURCE_SIZE_MAX];
} Session;

/* The groups that root states of somebody. Return: false when they do not ascend. */
static bool read_groups(const Request *request, FieldTag tag, uint32_t *groups,
                        const uint32_t **ret_groups, size_t *ret_count)
{
        if (message_numbers(request->message, tag, groups, SERVER_GROUPS_MAX, ret_count) < 0)
                return false;
        *ret_groups = groups;
        return true;
}

/* The person behind the caller's uid: the policy's word before NSS's, as for a peer. */
static Text name_of_caller(const Request *request, uint32_t uid)
{
        const Image *image = request->server->policy.image;
        Text stated = uid != 0 ? image_person_of_uid(image, uid) : TEXT_NULL;
        if (stated.size > 0)
                return stated;
        Text name = request_text(request, FIELD_CALLER_NAME);
        bool usable = uid == 0 ? text_is(name, "root") : identity_name_is_usable(image, uid, name);
        return usable && !identity_uid_is_special(uid) ? name : TEXT_NULL;
}

/* Fills in what only root may state. Return: false for groups that are none. */
static bool read_attested(const Request *request, Session *session)
{
        const Message *message = request->message;
        Server *server = request->server;
        SessionRequest *facts = &session->request;
        facts->user_uid_known = message_number(message, FIELD_USER_UID, &facts->user_uid);
        facts->user_is_local =
                message_number(message, FIELD_USER_LOCAL_UID, &facts->user_local_uid);
        facts->caller_is_local =
                message_number(message, FIELD_CALLER_LOCAL_UID, &facts->caller_local_uid);
        facts->caller = name_of_caller(request, facts->caller_uid);
        session->attested = true;
        if (!request->identity->may_attest)
                return true;
        return read_groups(request, FIELD_USER_GROUPS, server->user_groups, &facts->user_groups,
                           &facts->user_group_count) &&
               read_groups(request, FIELD_CALLER_GROUPS, server->caller_groups,
                           &facts->caller_groups, &facts->caller_group_count);
}

/* Fills in what the kernel says about a person who asks for himself. */
static void read_own(const Request *request, Session *session)
{
        SessionRequest *facts = &session->request;
        facts->user_uid_known = true;
        facts->user_uid = request->client->peer.uid;
        facts->caller = text_from(request->identity->name);
        facts->user_groups = client_groups(request->client, &facts->user_group_count);
        facts->caller_groups = facts->user_groups;
        facts->caller_group_count = facts->user_group_count;
}

static Text door_of(const Request *request)
{
        Text resource = request_text(request, FIELD_RESOURCE);
        const size_t prefix = sizeof("door:") - 1;
        if (resource.size > prefix && memcmp(resource.data, "door:", prefix) == 0)
                return (Text){ resource.data + prefix, resource.size - prefix };
        return resource;
}

/* Reads what every request states. */
static void read_facts(const Request *request, Session *session)
{
        const Message *message = request->message;
        SessionRequest *facts = &session->request;
        facts->service = request_text(request, FIELD_SERVICE);
        facts->user = request_text(request, FIELD_USER);
        facts->door = door_of(request);
        (void)message_number(message, FIELD_PHASE, &session->phase);
        (void)message_number(message, FIELD_CALLER_UID, &facts->caller_uid);
        (void)message_number(message, FIELD_MINIMUM_UID, &facts->minimum_uid);
}

static const char *kind_of(const Session *session)
{
        if (session->phase == SESSION_PHASE_CLOSE)
                return "session-close";
        if (session->phase == SESSION_PHASE_OPEN)
                return "session-open";
        return session->decided.for_door ? "unlock" : "account";
}

/* The row with what was stated; what was decided is added by add_decision(). */
static JournalRow row_of(const Request *request, const Session *session)
{
        JournalRow row = request_row(request, kind_of(session));
        row.texts[JOURNAL_IDENTIFIED] =
                session->attested ? TEXT_LITERAL("module") : TEXT_LITERAL("unattested");
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&session->id);
        row.texts[JOURNAL_USER] = session->request.user;
        row.texts[JOURNAL_CALLER_NAME] = session->request.caller;
        row.texts[JOURNAL_SERVICE] = session->request.service;
        row.texts[JOURNAL_REMOTE_USER] = request_text(request, FIELD_REMOTE_USER);
        row.texts[JOURNAL_REMOTE_HOST] = request_text(request, FIELD_REMOTE_HOST);
        row.texts[JOURNAL_TERMINAL] = request_text(request, FIELD_TERMINAL);
        return row;
}

static Text name_of_action(const Image *image, const SessionDecision *decided)
{
        const ImagePermission *permission = image_permission(image, decided->permission);
        const ImageRole *role = image_role(image, decided->role);
        if (permission)
                return image_string(image, permission->name);
        return role ? image_string(image, role->name) : TEXT_LITERAL("session");
}

static void add_decision(const Request *request, Session *session, JournalRow *row)
{
        const Image *image = request->server->policy.image;
        const SessionDecision *decided = &session->decided;
        const Decision *real = &decided->real;
        bool asked = decided->permission != IMAGE_NONE || decided->role != IMAGE_NONE;
        ImagePlace place = real->place;
        row->texts[JOURNAL_SUBJECT] = decided->subject;
        row->texts[JOURNAL_ACTION] = name_of_action(image, decided);
        if (decided->for_door)
                row->texts[JOURNAL_RESOURCE] = request_text(request, FIELD_RESOURCE);
        else if (asked && decided->target.index != IMAGE_NONE)
                row->texts[JOURNAL_RESOURCE] =
                        image_resource(image, decided->target.type, decided->target.index,
                                       session->resource, sizeof(session->resource));
        row->texts[JOURNAL_DECISION] = real->reason == REASON_BELOW_MINIMUM_UID
                                               ? TEXT_LITERAL("ignored")
                                               : text_from(outcome_name(real->outcome));
        row->texts[JOURNAL_REASON] = text_from(reason_name(real->reason));
        const ImageRole *role = image_role(image, real->role);
        row->texts[JOURNAL_GRANTED_BY] = role ? image_string(image, role->name) : TEXT_NULL;
        row->texts[JOURNAL_PLACE] =
                text_from(image_place(image, place.file != IMAGE_NONE ? place : decided->rule,
                                      session->place, sizeof(session->place)));
        row->observed = decided->observed;
        row->would_deny = decided->observed && real->outcome != OUTCOME_ALLOW;
        /* The list of open sessions is root's: what a person says of himself is a row, no more. */
        if (session->attested && session->phase == SESSION_PHASE_OPEN &&
            decided->decision.outcome == OUTCOME_ALLOW) {
                row->effect = JOURNAL_EFFECT_OPENS_SESSION;
                (void)process_started(row->caller_pid, &row->caller_started);
        }
}

static Answer answer_of(const Request *request, const Session *session)
{
        const Decision *decision = &session->decided.decision;
        return (Answer){
                .request_id = request->message->request_id,
                .user = request_text(request, FIELD_USER),
                .action = request_text(request, FIELD_ACTION),
                .resource = request_text(request, FIELD_RESOURCE),
                .outcome = decision->outcome,
                .reason = text_from(reason_name(decision->reason)),
                .detail = text_from(reason_text(decision->reason)),
                .decision_id = decision_id_text(&session->id),
                .revision = text_from(request->server->policy.revision),
                .subject = session->decided.subject,
        };
}

static void raise_alarm(const Request *request, const Session *session)
{
        char subject[128], service[128];
        alerts_event(request->server, "break-glass-session", "%s is let in by %s (%s)",
                     text_escape(session->decided.subject, subject, sizeof(subject)),
                     text_escape(session->request.service, service, sizeof(service)),
                     session->phase == SESSION_PHASE_ACCOUNT ? "account" : "session");
}

/* What an allow does to its door, and what that is meant to be. Return: what it releases, for no
 * time where the policy does not know the door. */
static DoorRelease release_of(const Request *request, const Session *session, Answer *answer)
{
        const PolicyHolder *policy = &request->server->policy;
        const Target *target = &session->decided.target;
        bool is_door = target->organization != IMAGE_NONE && target->type == RESOURCE_DOOR;
        DoorRelease release =
                door_release_of(policy->image, policy->generation,
                                is_door ? target->index : IMAGE_NONE, session->decided.real.user);
        answer->release_s = release.seconds;
        if (release.seconds > 0) {
                DecisionContext context = server_context(request->server);
                answer->door_state = text_from(door_state_name(
                        policy_door_situation(policy->image, &context, release.door).state));
        }
        return release;
}

/* An allow for a door is an unlock command. Return: as command_make(). */
static int make_command(const Request *request, const Session *session, Answer *answer,
                        Command **ret_command)
{
        CommandFacts facts = {
                .id = answer->decision_id,
                .door = session->request.door,
                .subject = answer->subject,
                .reason = answer->reason,
                .revision = answer->revision,
                .asker_uid = request->identity->uid,
                .seconds = answer->release_s,
                .not_after_s = server_system_s(request->server) + COMMAND_SECONDS,
        };
        int r = command_make(request->server, &facts, ret_command);
        if (r != 0)
                return r;
        answer->not_after_s = facts.not_after_s;
        answer->door = session->request.door;
        answer->gateway = command_gateway_text(*ret_command);
        return 0;
}

/* Nobody can open the door now: told at once, and recorded instead of the allow. */
static int answer_no_command(const Request *request, Session *session, JournalRow *row,
                             Answer *answer, int problem)
{
        if (problem != COMMAND_GATEWAY_AWAY) {
                request->server->counters.busy++;
                return request_refuse(request, &refusal_busy);
        }
        *answer = answer_of(request, session);
        answer->outcome = OUTCOME_ERROR;
        answer->reason = text_from(reason_name(REASON_GATEWAY_AWAY));
        answer->detail = text_from(reason_text(REASON_GATEWAY_AWAY));
        row->texts[JOURNAL_DECISION] = text_from(outcome_name(OUTCOME_ERROR));
        row->texts[JOURNAL_REASON] = answer->reason;
        request_count(request, OUTCOME_ERROR);
        (void)journal_append(request->server->journal, row, NULL, NULL);
        return reply_answer(request->client, answer);
}

/* The account phase allows a door: answered when that is on disk, and given to its gateway. */
static int allow_door(const Request *request, Session *session, JournalRow *row, Answer *answer)
{
        const ImageSettings *settings = &image_header(request->server->policy.image)->settings;
        DoorRelease release = release_of(request, session, answer);
        Command *command;
        int r = make_command(request, session, answer, &command);
        if (r != 0)
                return answer_no_command(request, session, row, answer, r);
        command_open_row(command, row);
        request_count(request, OUTCOME_ALLOW);
        request->server->counters.recorded++;
        return pending_begin(request->client, row, answer, settings->unlocks_need_journal,
                             release.seconds > 0 ? &release : NULL, command);
}

/* Answers; what account allows is the record, and on disk before. */
static int finish(const Request *request, Session *session)
{
        Answer answer = answer_of(request, session);
        JournalRow row = row_of(request, session);
        add_decision(request, session, &row);
        bool account = session->phase == SESSION_PHASE_ACCOUNT;
        /* In both phases: a stack may hold the line of only one of them. */
        if (session->decided.break_glass)
                raise_alarm(request, session);
        if (account && answer.outcome == OUTCOME_ALLOW && session->decided.for_door)
                return allow_door(request, session, &row, &answer);
        request_count(request, answer.outcome);
        if (!account || answer.outcome != OUTCOME_ALLOW) {
                (void)journal_append(request->server->journal, &row, NULL, NULL);
                return reply_answer(request->client, &answer);
        }
        request->server->counters.recorded++;
        return pending_begin(
                request->client, &row, &answer,
                image_header(request->server->policy.image)->settings.sessions_need_journal, NULL,
                NULL);
}

/* The end of a session is recorded whatever the policy says, and also without one. */
static int record_close(const Request *request, Session *session)
{
        session->decided.decision.outcome = OUTCOME_ALLOW;
        Answer answer = answer_of(request, session);
        JournalRow row = row_of(request, session);
        row.texts[JOURNAL_SUBJECT] = session->request.user;
        row.texts[JOURNAL_ACTION] = TEXT_LITERAL("session");
        row.texts[JOURNAL_RESOURCE] =
                session_host(request->server, session->resource, sizeof(session->resource));
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("done");
        if (session->attested)
                row.effect = JOURNAL_EFFECT_CLOSES_SESSION;
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        answer.reason = TEXT_LITERAL("recorded");
        answer.detail = TEXT_NULL;
        answer.subject = session->request.user;
        return reply_answer(request->client, &answer);
}

static int answer_error(const Request *request, const Session *session, Reason reason)
{
        Answer answer = answer_of(request, session);
        answer.outcome = OUTCOME_ERROR;
        answer.reason = text_from(reason_name(reason));
        answer.detail = text_from(reason_text(reason));
        request_count(request, OUTCOME_ERROR);
        return reply_answer(request->client, &answer);
}

/* Whether the peer may ask this at all: root anything, a person about himself only. */
static bool is_allowed(const Request *request, const Session *session)
{
        return (request->identity->kinds & IDENTITY_ROOT) ||
               (text_is(session->request.user, request->identity->name) &&
                session->request.caller_uid == request->client->peer.uid);
}

int request_session(const Request *request)
{
        const Image *image = request->server->policy.image;
        Session session = { 0 };
        read_facts(request, &session);
        if (!is_allowed(request, &session))
                return request_refuse(request, &refusal_not_allowed);
        if (decision_id_make(&session.id) < 0)
                return answer_error(request, &session, REASON_JOURNAL_FAILED);
        bool attested = request->identity->kinds & IDENTITY_ROOT;
        if (session.phase == SESSION_PHASE_CLOSE) {
                session.attested = attested;
                return record_close(request, &session);
        }
        if (!image)
                return answer_error(request, &session, REASON_NO_POLICY);
        if (session.phase != SESSION_PHASE_ACCOUNT && session.phase != SESSION_PHASE_OPEN)
                return answer_error(request, &session, REASON_MALFORMED_QUERY);
        if (!attested)
                read_own(request, &session);
        else if (!read_attested(request, &session))
                return answer_error(request, &session, REASON_MALFORMED_QUERY);
        DecisionContext context = server_context(request->server);
        session.decided = policy_decide_session(image, &context, &session.request, NULL);
        /* Not to decide is not to let in: the module passes such a subject on to the stack. */
        if (session.decided.decision.reason == REASON_BELOW_MINIMUM_UID)
                session.decided.decision.outcome = OUTCOME_DENY;
        return finish(request, &session);
}
