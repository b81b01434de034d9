/* SPDX-License-Identifier: MIT */
/*
 * Vocabulary
 *
 * The closed lists of words that policies, queries and images share: types of resources, scopes,
 * conditions, gates (reasons: reason.h). Each word has one number and one name; a word that is not
 * in its list is an error wherever it stands.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/daemon_settings.h"
#include "policy/reason.h"
#include "util/text.h"

/* Numbers far apart, so that a few flipped bits never turn one outcome into another. */
typedef enum Outcome {
        OUTCOME_ERROR = 0x2d, /* cannot decide */
        OUTCOME_DENY = 0x53,
        OUTCOME_ALLOW = 0xca,
} Outcome;

typedef enum ResourceType {
        RESOURCE_ORGANIZATION,
        RESOURCE_SITE,
        RESOURCE_DOOR,
        RESOURCE_HOST,
        RESOURCE_USER,
        RESOURCE_GROUP,
        RESOURCE_ACCESS_GROUP,
        RESOURCE_ENTITY,
        RESOURCE_SCHEDULE,
        RESOURCE_DOOR_EXCEPTION,
        RESOURCE_ACCESS_EXCEPTION,
        RESOURCE_ACCESS_LEVEL,
        RESOURCE_ROLL_CALL_TEMPLATE,
        RESOURCE_FLOORPLAN,
        RESOURCE_LOCKDOWN,
        /* From here on nothing is declared: what counts is the site in the path. */
        RESOURCE_ROLL_CALL,
        RESOURCE_ARCHIVE,
        RESOURCE_CAMERA,
        RESOURCE_REPORT,
        RESOURCE_TYPE_COUNT,
} ResourceType;

/* What a permission is asked on. Bits. */
typedef enum Scope {
        SCOPE_ORGANIZATION = 1 << 0,
        SCOPE_SITE = 1 << 1,
        SCOPE_DOOR = 1 << 2,
        SCOPE_USER = 1 << 3,
        SCOPE_GROUP = 1 << 4,
        SCOPE_ENTITY = 1 << 5,
        SCOPE_ACCOUNT = 1 << 6,
} Scope;

typedef enum RoleLevel { ROLE_LEVEL_ORGANIZATION, ROLE_LEVEL_SITE, ROLE_LEVEL_ACCOUNT } RoleLevel;

/* Conditions of a permission; doc/POLICY.md says what each one means. Bits; the order is the order
 * in which they are tested, and so which one gives the reason of a denial. */
typedef enum Condition {
        CONDITION_DOOR_ACCESS_NOW = 1 << 0,
        CONDITION_TARGET_NOT_SYNCED = 1 << 1,
        CONDITION_TARGET_NOT_SELF = 1 << 2,
        CONDITION_SCHEDULE_EXISTS = 1 << 3,
        CONDITION_DOOR_EXCEPTION_EXISTS = 1 << 4,
        CONDITION_TEMPLATE_EXISTS = 1 << 5,
        CONDITION_ROLL_CALL_ACTIVE = 1 << 6,
        CONDITION_FLOORPLAN_SHOWS_SITE = 1 << 7,
        CONDITION_TARGET_HAS_LEGACY_ROLE = 1 << 8,
        CONDITION_TARGET_IS_SELF = 1 << 9,
        CONDITION_TARGET_IS_MEMBER = 1 << 10,
        CONDITION_ARCHIVE_NOT_PRIVATE = 1 << 11,
        CONDITION_BEFORE_2024_11_14 = 1 << 12,
        CONDITION_SITE_VISIBLE = 1 << 13,
        CONDITION_CUSTOMIZATION_POSSIBLE = 1 << 14,
        CONDITION_CODE_WHERE_REQUIRED = 1 << 15, /* at a door in the state card-and-code */
} Condition;
#define CONDITION_COUNT 16

/* What beats every role. Bits. */
typedef enum Gate {
        GATE_ACCESS_IN_FORCE = 1 << 0, /* not suspended, inside the dates of access */
        GATE_REMOTE_UNLOCK = 1 << 1,   /* switched on for organization, site, door and user */
        GATE_NO_LOCKDOWN = 1 << 2,     /* or every lockdown that is on there lists the person */
        GATE_NOT_BLOCKED = 1 << 3,     /* the door */
} Gate;
#define GATE_COUNT 4

/* What a permission decides besides being asked about: at most one permission a command. */
typedef enum PermissionCommand {
        PERMISSION_COMMAND_UNLOCK,
        PERMISSION_COMMAND_MIGRATE,
        PERMISSION_COMMAND_CUSTOMIZE,
        PERMISSION_COMMAND_RESTORE_CUSTOMIZATION,
        PERMISSION_COMMAND_ADD_TO_ACCESS_GROUP,
        PERMISSION_COMMAND_REMOVE_FROM_ACCESS_GROUP,
        PERMISSION_COMMAND_CHANGE_MEMBERS, /* of a group that carries no role */
        PERMISSION_COMMAND_ENTER,          /* a badge at a door */
        PERMISSION_COMMAND_SUSPEND,
        PERMISSION_COMMAND_RESUME,
        PERMISSION_COMMAND_DATES,         /* from when and until when somebody has access */
        PERMISSION_COMMAND_SHOW_DOOR,     /* its mode, and why */
        PERMISSION_COMMAND_OVERRIDE_DOOR, /* override, block, release */
        PERMISSION_COMMAND_LOCKDOWN,      /* start or end one that does not list him */
        PERMISSION_COMMAND_LIVE_EVENTS,
        PERMISSION_COMMAND_PAST_EVENTS,
        PERMISSION_COMMAND_RUN_REPORT,
        PERMISSION_COMMAND_SAVE_REPORT,
        PERMISSION_COMMAND_EXPORT_REPORT,
        PERMISSION_COMMAND_VIEW_OTHERS_REPORT,
        PERMISSION_COMMAND_DELETE_OTHERS_REPORT,
        PERMISSION_COMMAND_COUNT,
} PermissionCommand;

/* What a door schedule, a door exception or an override makes of a door. */
typedef enum DoorState {
        DOOR_STATE_UNLOCKED,          /* open to everybody */
        DOOR_STATE_CARD_AND_CODE,     /* a badge opens it together with a code */
        DOOR_STATE_LOCKED,            /* no badge opens it; an operator does */
        DOOR_STATE_ACCESS_CONTROLLED, /* a badge opens it */
        DOOR_STATE_COUNT,
} DoorState;

/* What is intended of a door, whatever it does (ONVIF Door Control Service, DoorMode). */
typedef enum DoorMode {
        DOOR_MODE_UNKNOWN,     /* it depends on what cannot be determined */
        DOOR_MODE_LOCKED,      /* momentary access is possible */
        DOOR_MODE_UNLOCKED,    /* open until something else is intended */
        DOOR_MODE_ACCESSED,    /* open for a moment, then as before */
        DOOR_MODE_BLOCKED,     /* no momentary access for anybody */
        DOOR_MODE_LOCKED_DOWN, /* by a lockdown: momentary access for who is on its list only */
        DOOR_MODE_LOCKED_OPEN, /* open by a lockdown until that ends */
        DOOR_MODE_COUNT,
} DoorMode;

/* What a schedule says something about. */
typedef enum ScheduleKind { SCHEDULE_KIND_ACCESS, SCHEDULE_KIND_DOOR } ScheduleKind;

typedef enum SessionRuleKind {
        SESSION_RULE_ROLE = 1, /* that role or a higher one of its ladder at the host's site */
        SESSION_RULE_PERMISSION = 2,
        SESSION_RULE_EXEMPT = 3,
} SessionRuleKind;

/* What a listed service user may do. Bits. */
typedef enum CallerRight {
        CALLER_MAY_ASK = 1 << 0,
        CALLER_MAY_UNLOCK = 1 << 1,
        CALLER_MAY_VOUCH = 1 << 2,  /* ask and unlock for other people, state properties */
        CALLER_MAY_EVENTS = 1 << 3, /* who came and went, with reports of it */
        CALLER_MAY_REPORT = 1 << 4, /* say what happened at doors */
} CallerRight;

/* Names of words, e.g. "access-group". NULL for a number outside the list. Static. */
const char *outcome_name(Outcome outcome);
const char *resource_type_name(ResourceType type);
const char *condition_name(Condition condition);
const char *gate_name(Gate gate);
const char *door_state_name(DoorState state);
const char *door_mode_name(DoorMode mode); /* ONVIF's word, e.g. "LockedDown" */
const char *role_level_name(RoleLevel level);
const char *caller_right_name(CallerRight right);
const char *permission_command_name(PermissionCommand command);

/* Words from names. Return: true and the word, or false when the name is not in the list. */
bool resource_type_from_name(Text name, ResourceType *ret_type);
bool condition_from_name(Text name, Condition *ret_condition);
bool gate_from_name(Text name, Gate *ret_gate);
bool door_state_from_name(Text name, DoorState *ret_state);

/* Reads a scope as catalogues write it: one word, or several joined by " | ".
 * Return: the bits, or 0 when it is none. */
uint32_t scopes_from_text(Text text);

/* The scopes in which a permission can be asked on a resource of this type. Bits of Scope:
 * a door is asked for site and door permissions, a user for user permissions, and so on; the
 * organization stands for all scopes in which an object may be left unnamed. */
uint32_t resource_type_scopes(ResourceType type);
