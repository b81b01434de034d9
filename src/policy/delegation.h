/* SPDX-License-Identifier: MIT */
/*
 * Delegation
 *
 * May this person change who holds what: grant, revoke, migrate, add and remove members, customize.
 * And may he start or end a lockdown, which takes the say over all of its sites. Each such
 * question is asked back as questions about permissions: a role's catalogue entry names
 * the permissions of which a granter needs one (granted_with, revoked_with), and the catalogue
 * names the one that decides each other command. No role and no permission is known here by name.
 *
 * What a question needs is a list of needs, all of which must be met: one for each role that
 * changes hands, one for a command. Each is met by any one of the permissions that can be asked for
 * it. Deciding and explaining walk the same list.
 *
 *     delegation.c            the asker, names, who would get or lose a role
 *     delegation_needs.c      what a question needs, and the authority for it
 *     delegation_grant.c      grant, revoke
 *     delegation_migrate.c    migrate
 *     delegation_member.c     add-member, remove-member
 *     delegation_customize.c  customize
 *     delegation_lockdown.c   start-lockdown, end-lockdown
 *
 * The rules are those of the sections on granting in Roles and Permissions for Access Control
 * (2024), Roles and Permissions for Command, Legacy Access Control Roles, and Rekor Command.
 */
#pragma once

#include "policy/engine.h"

/* One question, with who asks it and what it names. Lives on the stack of one decision. */
typedef struct Delegation {
        const Image *image;
        const DecisionContext *context;
        const Query *query;
        Recorder *recorder; /* or NULL */
        Subject subject;    /* nobody until he is found: see delegation_asker_fits() */
        uint32_t organization;
        Target target;        /* the query's resource */
        Target group;         /* of a question about members */
        Reason target_reason; /* REASON_NONE, or why one of the two was not found */
} Delegation;

/* ---- delegation.c ---- */

/* Decides any query that is not about a permission. As policy_decide(). */
Decision delegation_decide(const Image *image, const DecisionContext *context, const Query *query,
                           Recorder *recorder);

/* Looks up the organization, who asks, and what the query names but for roles.
 * Return: REASON_NONE (with target_reason set), unknown-resource, malformed-query. */
Reason delegation_open(const Image *image, const DecisionContext *context, const Query *query,
                       Recorder *recorder, Delegation *ret_delegation);

/* A denial, or an error, of this question. */
Decision delegation_deny(const Delegation *delegation, Reason reason, ImagePlace place);
Decision delegation_error(const Delegation *delegation, Reason reason);

/* Says whether the asker is known and a member. Return: true, or false and the denial. */
bool delegation_asker_fits(const Delegation *delegation, Decision *ret_denial);

/* The decision with another reason than its own: what was allowed is denied all the same. */
Decision delegation_overrule(Decision decision, Reason reason, ImagePlace place);

/* Finds a role as written and its site, and checks that its level and the site fit.
 * Return: REASON_NONE, or unknown-role, unknown-resource, wrong-level, corrupt-image. */
Reason delegation_find_role(const Delegation *delegation, const RoleAt *written, uint32_t *ret_role,
                            uint32_t *ret_site);

/* The target when it is a user; NULL otherwise. */
const ImageUser *delegation_user(const Delegation *delegation);

/* What keeps a role from the target: its kind, and not being a member.
 * Return: REASON_NONE, users-only, not-a-member (with the place), corrupt-image. */
Reason delegation_holder_fits(const Delegation *delegation, uint32_t role, bool gains,
                              ImagePlace *ret_place);

/* What stands against handing a role over although the asker has the authority: as
 * delegation_holder_fits(), legacy-frozen, no-change (with the place of what stands there), and
 * clock-untrusted when that may have ended. */
Reason delegation_objection(const Delegation *delegation, uint32_t role, uint32_t site,
                            ImagePlace *ret_place);

/* The legacy grant for which a role is frozen for the target; NULL when it is not. */
const ImageGrant *delegation_frozen_by(const Delegation *delegation, uint32_t role);

/* A grant of a role at a place that is recorded for the target itself and has not ended; one that
 * may have ended (grant_is_certain()) only where there is no other. */
const ImageGrant *delegation_recorded(const Delegation *delegation, uint32_t role, uint32_t site);

/* What stands against changing who is in a group, whoever asks: synced, or not-a-member. */
Reason delegation_group_objection(const Delegation *delegation, ImagePlace *ret_place);

/* Says whether the target is in the group, or access group, by its own entry. */
bool delegation_is_in_group(const Delegation *delegation);

/* ---- delegation_needs.c ---- */

/* A role that would be given to the target, or taken from it, or a command on something. */
typedef struct Need {
        uint32_t role; /* never a variant; IMAGE_NONE: a command */
        uint32_t site; /* IMAGE_NONE: the organization */
        PermissionCommand command;
        Target target; /* on which the command's permission is asked */
} Need;

/* Walks over what a question needs; begins zeroed. */
typedef struct Needs {
        uint32_t next;
        bool any, done;
} Needs;

/* Finds the next need. Return: true; false after the last one. */
bool delegation_next_need(const Delegation *delegation, Needs *needs, Need *ret_need);

/* A permission that would meet a need, where it is asked. */
typedef struct Ask {
        uint32_t permission;
        Target target;
} Ask;

/* Finds the next permission that can be asked for a need; *next begins at 0.
 * Return: true; false after the last one. */
bool delegation_next_ask(const Delegation *delegation, const Need *need, uint32_t *next,
                         Ask *ret_ask);

/* The query with which permissions are asked: the target is what is acted on. */
Query delegation_asked_query(const Delegation *delegation);

/* Says whether any permission hands a role over at all. */
bool delegation_is_grantable(const Delegation *delegation, uint32_t role);

/*
 * Decides whether the asker meets a need: one of its permissions is his. A denial is that of the
 * permission that came nearest, not-grantable when there is no such permission at all.
 */
Decision delegation_decide_need(const Delegation *delegation, const Need *need);

/*
 * Decides whether the asker meets all that is needed. Of several denials the one that is farthest
 * from an allow is told, so that the order of what is needed does not matter. corrupt-image when
 * nothing is needed.
 */
Decision delegation_decide_needs(const Delegation *delegation);

/* ---- The kinds of questions ---- */

/* The organization is known; whether the asker is, each looks at after the names, so that what is
 * misspelt is told as such. */
Decision delegation_grant(const Delegation *delegation);
Decision delegation_migrate(const Delegation *delegation);
Decision delegation_member(const Delegation *delegation);
Decision delegation_customize(const Delegation *delegation);
Decision delegation_lockdown(const Delegation *delegation);
