/* SPDX-License-Identifier: MIT */
/*
 * Session
 *
 * The order for a request by the PAM module: the service's rule; whom it is about; exempt services,
 * break-glass accounts and system accounts, which no policy is asked about; the policy; and observe
 * mode, which turns a session's denial into an allow while the real decision is kept beside it.
 *
 * A door service gets none of the ways past the policy but `exempt`, which its rule states itself:
 * break-glass, minimum_uid and observe mode are there so that nobody is locked out of a machine,
 * and they must not open a door.
 */
#include "policy/session.h"

#include "policy/engine.h"

/* The person a session is decided for. */
typedef struct SessionSubject {
        Text name;
        bool uid_known;
        uint32_t uid;
        bool is_local;
        uint32_t local_uid;
        DecisionContext context;
} SessionSubject;

/* The rules are sorted by service. */
static const ImageSessionRule *rule_find(const Image *image, Text service)
{
        uint32_t low = 0, high = image_count(image, IMAGE_SESSION_RULES);
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                const ImageSessionRule *rule = image_inline_session_rule(image, middle);
                int order = text_compare(image_inline_string(image, rule->service), service);
                if (order == 0)
                        return rule;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static SessionSubject session_subject(const SessionRequest *request, bool caller,
                                      const DecisionContext *now)
{
        if (caller)
                return (SessionSubject){
                        .name = request->caller,
                        .uid_known = true,
                        .uid = request->caller_uid,
                        .is_local = request->caller_is_local,
                        .local_uid = request->caller_local_uid,
                        .context = decision_context_with(now, request->caller_groups,
                                                         request->caller_group_count),
                };
        return (SessionSubject){
                .name = request->user,
                .uid_known = request->user_uid_known,
                .uid = request->user_uid,
                .is_local = request->user_is_local,
                .local_uid = request->user_local_uid,
                .context =
                        decision_context_with(now, request->user_groups, request->user_group_count),
        };
}

static bool is_break_glass(const Image *image, const SessionSubject *subject)
{
        const ImageRecords *accounts = &image->sections[IMAGE_BREAK_GLASS];
        for (uint32_t i = 0; subject->is_local && i < accounts->count; i++) {
                uint32_t name = ((const uint32_t *)accounts->records)[i];
                if (subject->name.size > 0 &&
                    text_equal(image_inline_string(image, name), subject->name))
                        return true;
        }
        return false;
}

/* Finds where the question is asked. Return: REASON_NONE, or why it cannot be asked. */
static Reason session_target(const Image *image, const SessionRequest *request, bool at_door,
                             Target *ret_target)
{
        if (!at_door) {
                uint32_t host = image_header(image)->settings.host;
                const ImageHost *record = image_inline_host(image, host);
                if (!record)
                        return REASON_UNKNOWN_RESOURCE;
                *ret_target = (Target){
                        .type = RESOURCE_HOST,
                        .organization = record->organization,
                        .index = host,
                        .site = record->site,
                        .position = record->position,
                        .scopes = resource_type_scopes(RESOURCE_HOST),
                };
                return REASON_NONE;
        }
        Resource door;
        if (resource_parse_path(RESOURCE_DOOR, request->door, &door, NULL) != 0)
                return REASON_MALFORMED_QUERY;
        return policy_find_target(image, &door, ret_target);
}

/* A uid that the policy states for this name, and that is not his, makes him somebody else. */
static bool is_somebody_else(const Image *image, const SessionSubject *subject)
{
        uint32_t stated;
        return subject->uid_known && image_uid_of_person(image, subject->name, &stated) &&
               stated != subject->uid;
}

/* Asks the policy. */
static Decision policy_ask(const Image *image, const ImageSessionRule *rule,
                           const SessionSubject *who, const Target *target, Recorder *recorder)
{
        Subject subject;
        if (is_somebody_else(image, who) ||
            policy_find_subject(image, &who->context, target->organization, who->name, &subject) !=
                    REASON_NONE) {
                Decision decision = decision_new(OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
                decision.organization = target->organization;
                return decision;
        }
        if (rule->kind == SESSION_RULE_ROLE)
                return policy_decide_role(image, &who->context, &subject, rule->role, target,
                                          recorder);
        if (rule->kind != SESSION_RULE_PERMISSION)
                return decision_new(OUTCOME_ERROR, REASON_CORRUPT_IMAGE);
        Decision decision = policy_decide_found(image, &who->context, &subject, rule->permission,
                                                target, NULL, recorder);
        /* The suspended open no host session, whatever the permission's own gates are. */
        if (decision.outcome == OUTCOME_ALLOW && !rule->at_door) {
                Engine engine = {
                        .image = image,
                        .context = &who->context,
                        .subject = &subject,
                        .user = image_inline_user(image, subject.user),
                        .target = target,
                        .recorder = recorder,
                };
                policy_gates_decide(&engine, GATE_ACCESS_IN_FORCE, &decision);
        }
        return decision;
}

static bool is_system_account(bool is_local, uint32_t local_uid, uint32_t minimum_uid)
{
        return is_local && local_uid < minimum_uid;
}

/* Without a rule nobody knows whom to ask about: in `su` PAM_USER is root whoever calls it. So both
 * the user and the caller must be system accounts. */
static bool is_exempt_by_uid(const SessionRequest *request, const ImageSessionRule *rule,
                             const SessionSubject *subject)
{
        if (rule)
                return is_system_account(subject->is_local, subject->local_uid,
                                         request->minimum_uid);
        return is_system_account(request->user_is_local, request->user_local_uid,
                                 request->minimum_uid) &&
               is_system_account(request->caller_is_local, request->caller_local_uid,
                                 request->minimum_uid);
}

/* What is let in without asking the policy. Return: the reason, or REASON_NONE. */
static Reason reason_not_to_ask(const Image *image, const SessionRequest *request,
                                const ImageSessionRule *rule, const SessionSubject *subject)
{
        if (rule && rule->kind == SESSION_RULE_EXEMPT)
                return REASON_EXEMPT;
        if (rule && rule->at_door)
                return REASON_NONE;
        if (is_break_glass(image, subject))
                return REASON_BREAK_GLASS;
        if (is_exempt_by_uid(request, rule, subject))
                return REASON_BELOW_MINIMUM_UID;
        return REASON_NONE;
}

static Decision session_decide(const Image *image, const SessionRequest *request,
                               const ImageSessionRule *rule, const SessionSubject *subject,
                               Recorder *recorder, SessionDecision *session)
{
        Reason let_in = reason_not_to_ask(image, request, rule, subject);
        session->break_glass = let_in == REASON_BREAK_GLASS;
        if (let_in != REASON_NONE)
                return decision_new(OUTCOME_ALLOW, let_in);
        if (!rule)
                return decision_new(OUTCOME_DENY, REASON_NO_SESSION_RULE);
        session->role = rule->kind == SESSION_RULE_ROLE ? rule->role : IMAGE_NONE;
        session->permission = rule->kind == SESSION_RULE_PERMISSION ? rule->permission : IMAGE_NONE;
        Reason reason = session_target(image, request, rule->at_door, &session->target);
        if (reason != REASON_NONE)
                return decision_new(OUTCOME_ERROR, reason);
        return policy_ask(image, rule, subject, &session->target, recorder);
}

SessionDecision policy_decide_session(const Image *image, const DecisionContext *now,
                                      const SessionRequest *request, Recorder *recorder)
{
        const ImageSessionRule *rule = rule_find(image, request->service);
        const ImageSettings *settings = &image_header(image)->settings;
        SessionDecision session = {
                .for_door = rule && rule->at_door,
                .subject_is_caller = rule && rule->subject_is_caller,
                .service = request->service,
                .permission = IMAGE_NONE,
                .role = IMAGE_NONE,
                .target = { RESOURCE_HOST, IMAGE_NONE, IMAGE_NONE, IMAGE_NONE, 0, 0 },
                .rule = rule ? rule->place : (ImagePlace){ IMAGE_NONE, 0 },
        };
        SessionSubject subject = session_subject(request, session.subject_is_caller, now);
        session.subject = subject.name;
        session.real = session_decide(image, request, rule, &subject, recorder, &session);
        session.decision = session.real;
        session.observed = session.real.outcome == OUTCOME_DENY && !session.for_door &&
                           settings->observe && !now->clock_untrusted &&
                           now->now_s < settings->observe_until_s;
        if (session.observed) {
                session.decision.outcome = OUTCOME_ALLOW;
                session.decision.reason = REASON_OBSERVED;
        }
        return session;
}
