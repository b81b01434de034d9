/* SPDX-License-Identifier: MIT */
/*
 * Delegation
 *
 * May this person change who holds what: grant, revoke, migrate, add and remove members, customize.
 * Each such question is asked back as questions about permissions: a role's catalogue entry names
 * the permissions of which a granter needs one (granted_with, revoked_with), and the catalogue
 * names the one that decides each other command. No role and no permission is known here by name.
 *
 *     delegation.c            the asker, names, authority over a role
 *     delegation_grant.c      grant, revoke
 *     delegation_migrate.c    migrate
 *     delegation_member.c     add-member, remove-member
 *     delegation_customize.c  customize
 *
 * Authority is always looked at before the target, so that somebody without any learns nothing
 * about others. The rules are those of the sections on granting in Roles and Permissions for Access
 * Control (2024), Roles and Permissions for Command, Legacy Access Control Roles, and Rekor
 * Command.
 */
#pragma once

#include "policy/engine.h"

/* One question, with who asks it. Lives on the stack of one decision. */
typedef struct Delegation {
        const Image *image;
        const DecisionContext *context;
        const Query *query;
        Recorder *recorder; /* or NULL */
        Subject subject;
        uint32_t organization;
} Delegation;

/* A role to be given to somebody, or to be taken from him. */
typedef struct Handing {
        uint32_t role;            /* never a variant */
        uint32_t site;            /* IMAGE_NONE: the organization */
        const Resource *acted_on; /* who would get or lose it: a user or a group */
        bool revokes;
} Handing;

/* Decides any query that is not about a permission. As policy_decide(). */
Decision delegation_decide(const Image *image, const DecisionContext *context, const Query *query,
                           Recorder *recorder);

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

/* As delegation_find_role(), as a decision: an error for what is unknown, a denial for what does
 * not fit. */
Decision delegation_refuse_role(const Delegation *delegation, Reason reason);

/* Decides whether the asker has the authority to hand a role over: one of the permissions that the
 * role names is his, at the place. A denial is that of the permission that came nearest. */
Decision delegation_authority(const Delegation *delegation, const Handing *handing);

/* Decides the permission of a command, on a target that has been found. Not permitted when no
 * catalogue has such a permission. */
Decision delegation_command(const Delegation *delegation, PermissionCommand command,
                            const Target *target, const Query *query);

/* What keeps a role from this very holder: its kind, and not being a member.
 * Return: REASON_NONE, users-only, not-a-member (with the place), corrupt-image. */
Reason delegation_holder_fits(const Delegation *delegation, uint32_t role, const Target *holder,
                              bool gains, ImagePlace *ret_place);

/* A grant of a role at a place recorded for a user or group himself that has not ended.
 * Return: the grant, or NULL. */
const ImageGrant *delegation_recorded(const Delegation *delegation, const Target *holder,
                                      uint32_t role, uint32_t site);

/* The kinds of questions. The organization is known; whether the asker is, each looks at after the
 * names, so that what is misspelt is told as such. */
Decision delegation_grant(const Delegation *delegation);
Decision delegation_migrate(const Delegation *delegation);
Decision delegation_member(const Delegation *delegation);
Decision delegation_customize(const Delegation *delegation);
