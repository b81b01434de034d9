/* SPDX-License-Identifier: MIT */
/*
 * Session
 *
 * What this host's session rules (doorward.conf) make of a request by the PAM module. Pure, like
 * the decision it ends in.
 */
#pragma once

#include "policy/decide.h"

/* The facts of a session request. Names come from the module (running as root) or, for a caller
 * who asks for himself, from his uid. */
typedef struct SessionRequest {
        Text service;
        Text user;           /* PAM_USER */
        bool user_uid_known; /* NSS knows the user */
        uint32_t user_uid;
        Text caller; /* person behind the process's real uid; empty: nobody known */
        uint32_t caller_uid;
        /* uids that /etc/passwd itself gives these names; false: it does not hold them */
        bool user_is_local, caller_is_local;
        uint32_t user_local_uid, caller_local_uid;
        uint32_t minimum_uid;
        Text door; /* door path, organization first; empty: none */
        /* Attested groups of PAM_USER and of the caller: sorted, without repeats. */
        const uint32_t *user_groups, *caller_groups;
        size_t user_group_count, caller_group_count;
} SessionRequest;

typedef struct SessionDecision {
        Decision decision; /* what is answered */
        Decision real;     /* what the policy says; differs when observed */
        bool observed;     /* the real decision is not enforced */
        bool break_glass;
        bool for_door; /* a door service: an allow makes an unlock command */
        bool subject_is_caller;
        Text subject; /* whom it was decided for */
        Text service;
        uint32_t permission; /* what was asked: a permission … */
        uint32_t role;       /* … or a role; IMAGE_NONE */
        Target target;       /* organization IMAGE_NONE when the policy was not asked */
        ImagePlace rule;     /* the session rule */
} SessionDecision;

/*
 * Decides a session. Reasons of its own, in the order in which they are looked for:
 *
 *     exempt             allow: the service's rule says so
 *     break-glass        allow: the account is named in break_glass and stands in /etc/passwd
 *     below-minimum-uid  allow: a local system account; whoever asks leaves it to others
 *     no-session-rule    deny: no rule names the service
 *     unknown-subject    deny: also for a person whose uid is not the one that the policy states
 *     observed           allow: what would be denied while the host only observes
 *
 * Door services know neither break-glass nor minimum_uid nor observe mode. One without a door is
 * OUTCOME_ERROR with malformed-query; errors are never observed. The gate access-in-force is shut
 * for every host session, whether a role or a permission is asked for. now says time and live
 * state; its Unix groups do not count. An untrusted clock ends observe mode.
 */
SessionDecision policy_decide_session(const Image *image, const DecisionContext *now,
                                      const SessionRequest *request, Recorder *recorder);
