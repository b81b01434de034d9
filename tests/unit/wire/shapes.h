/* SPDX-License-Identifier: MIT */
/* What the protocol says about every type and field, written down once more for its tests. */
#pragma once

#include "wire/message.h"

#define SHAPE_FIELDS_MAX 16

typedef struct ShapeOfType {
        MessageType type;
        const char *name;
        uint16_t required[SHAPE_FIELDS_MAX]; /* ends with 0 */
        uint16_t optional[SHAPE_FIELDS_MAX];
} ShapeOfType;

typedef struct ShapeOfField {
        uint16_t tag;
        const char *name;
        const char *kind; /* as doc/PROTOCOL.md calls it */
        bool repeated;
} ShapeOfField;

#define SHAPE_DECISION FIELD_USER, FIELD_ACTION, FIELD_RESOURCE

static const ShapeOfType SHAPE_TYPES[] = {
        { MESSAGE_ASK,
          "ASK",
          { SHAPE_DECISION },
          { FIELD_WITH, FIELD_PROPERTY, FIELD_EXPLAIN, FIELD_ROLE, FIELD_CUSTOMIZE } },
        { MESSAGE_SESSION,
          "SESSION",
          { SHAPE_DECISION, FIELD_SERVICE, FIELD_PHASE, FIELD_CALLER_UID, FIELD_MINIMUM_UID },
          { FIELD_CALLER_NAME, FIELD_REMOTE_USER, FIELD_REMOTE_HOST, FIELD_TERMINAL, FIELD_USER_UID,
            FIELD_USER_LOCAL_UID, FIELD_CALLER_LOCAL_UID, FIELD_USER_GROUPS,
            FIELD_CALLER_GROUPS } },
        { MESSAGE_UNLOCK, "UNLOCK", { FIELD_RESOURCE }, { FIELD_USER, FIELD_WHY } },
        { MESSAGE_WHAT_CAN, "WHAT_CAN", { FIELD_USER }, { FIELD_RESOURCE, FIELD_VIA } },
        { MESSAGE_WHO_CAN, "WHO_CAN", { FIELD_ACTION, FIELD_RESOURCE }, { FIELD_VIA } },
        { MESSAGE_STATUS, "STATUS", { 0 }, { 0 } },
        { MESSAGE_RELOAD, "RELOAD", { 0 }, { FIELD_SKIP_TESTS } },
        { MESSAGE_EVENTS,
          "EVENTS",
          { 0 },
          { FIELD_USER, FIELD_RESOURCE, FIELD_WITH, FIELD_FOLLOW, FIELD_SINCE, FIELD_DENIED,
            FIELD_WOULD_DENY, FIELD_UNTIL, FIELD_FORMAT, FIELD_REPORT } },
        { MESSAGE_SESSIONS, "SESSIONS", { 0 }, { 0 } },
        { MESSAGE_CHANGE,
          "CHANGE",
          { FIELD_ACTION, FIELD_RESOURCE },
          { FIELD_WITH, FIELD_WHY, FIELD_ROLE, FIELD_CUSTOMIZE, FIELD_FROM, FIELD_UNTIL,
            FIELD_DRY_RUN, FIELD_STATE, FIELD_SECONDS, FIELD_END_SESSIONS } },
        { MESSAGE_ENTER, "ENTER", { FIELD_USER, FIELD_RESOURCE }, { FIELD_PROPERTY } },
        { MESSAGE_DOOR, "DOOR", { FIELD_RESOURCE }, { 0 } },
        { MESSAGE_LOCKDOWNS, "LOCKDOWNS", { 0 }, { FIELD_RESOURCE } },
        { MESSAGE_REPORT,
          "REPORT",
          { FIELD_ACTION },
          { FIELD_USER, FIELD_RESOURCE, FIELD_WITH, FIELD_SINCE, FIELD_DENIED, FIELD_UNTIL,
            FIELD_REPORT } },
        { MESSAGE_MAINTAIN, "MAINTAIN", { FIELD_ACTION, FIELD_WHY }, { 0 } },
        { MESSAGE_ANSWER,
          "ANSWER",
          { SHAPE_DECISION, FIELD_OUTCOME, FIELD_REASON },
          { FIELD_DETAIL, FIELD_EXPLANATION, FIELD_DECISION_ID, FIELD_REVISION, FIELD_NOT_AFTER,
            FIELD_SUBJECT, FIELD_DOOR, FIELD_RELEASE_SECONDS, FIELD_DOOR_STATE,
            FIELD_SESSIONS_ENDED } },
        { MESSAGE_RECORD, "RECORD", { FIELD_NAME, FIELD_VALUE }, { 0 } },
        { MESSAGE_END, "END", { FIELD_STATUS }, { FIELD_MESSAGE } },
        { MESSAGE_REFUSAL,
          "REFUSAL",
          { FIELD_REASON, FIELD_STATUS, FIELD_MESSAGE },
          { FIELD_DECISION_ID } },
};
#define SHAPE_TYPE_COUNT (sizeof(SHAPE_TYPES) / sizeof(SHAPE_TYPES[0]))

static const ShapeOfField SHAPE_FIELDS[] = {
        { FIELD_USER, "USER", "text", false },
        { FIELD_ACTION, "ACTION", "text", false },
        { FIELD_RESOURCE, "RESOURCE", "text", false },
        { FIELD_WITH, "WITH", "text", true },
        { FIELD_PROPERTY, "PROPERTY", "text", true },
        { FIELD_EXPLAIN, "EXPLAIN", "flag", false },
        { FIELD_SERVICE, "SERVICE", "text", false },
        { FIELD_PHASE, "PHASE", "u32", false },
        { FIELD_CALLER_UID, "CALLER_UID", "u32", false },
        { FIELD_CALLER_NAME, "CALLER_NAME", "text", false },
        { FIELD_REMOTE_USER, "REMOTE_USER", "text", false },
        { FIELD_REMOTE_HOST, "REMOTE_HOST", "text", false },
        { FIELD_TERMINAL, "TERMINAL", "text", false },
        { FIELD_USER_UID, "USER_UID", "u32", false },
        { FIELD_USER_LOCAL_UID, "USER_LOCAL_UID", "u32", false },
        { FIELD_CALLER_LOCAL_UID, "CALLER_LOCAL_UID", "u32", false },
        { FIELD_MINIMUM_UID, "MINIMUM_UID", "u32", false },
        { FIELD_USER_GROUPS, "USER_GROUPS", "u32 array", false },
        { FIELD_CALLER_GROUPS, "CALLER_GROUPS", "u32 array", false },
        { FIELD_WHY, "WHY", "text", false },
        { FIELD_SKIP_TESTS, "SKIP_TESTS", "flag", false },
        { FIELD_FOLLOW, "FOLLOW", "flag", false },
        { FIELD_SINCE, "SINCE", "i64", false },
        { FIELD_DENIED, "DENIED", "flag", false },
        { FIELD_WOULD_DENY, "WOULD_DENY", "flag", false },
        { FIELD_VIA, "VIA", "flag", false },
        { FIELD_ROLE, "ROLE", "text", true },
        { FIELD_CUSTOMIZE, "CUSTOMIZE", "text", false },
        { FIELD_FROM, "FROM", "i64", false },
        { FIELD_UNTIL, "UNTIL", "i64", false },
        { FIELD_DRY_RUN, "DRY_RUN", "flag", false },
        { FIELD_STATE, "STATE", "text", false },
        { FIELD_SECONDS, "SECONDS", "u32", false },
        { FIELD_END_SESSIONS, "END_SESSIONS", "flag", false },
        { FIELD_FORMAT, "FORMAT", "text", false },
        { FIELD_REPORT, "REPORT", "text", false },
        { FIELD_OUTCOME, "OUTCOME", "u32", false },
        { FIELD_REASON, "REASON", "text", false },
        { FIELD_DETAIL, "DETAIL", "text", false },
        { FIELD_EXPLANATION, "EXPLANATION", "text", false },
        { FIELD_DECISION_ID, "DECISION_ID", "text", false },
        { FIELD_REVISION, "REVISION", "text", false },
        { FIELD_NOT_AFTER, "NOT_AFTER", "i64", false },
        { FIELD_SUBJECT, "SUBJECT", "text", false },
        { FIELD_DOOR, "DOOR", "text", false },
        { FIELD_RELEASE_SECONDS, "RELEASE_SECONDS", "u32", false },
        { FIELD_DOOR_STATE, "DOOR_STATE", "text", false },
        { FIELD_SESSIONS_ENDED, "SESSIONS_ENDED", "u32", false },
        { FIELD_NAME, "NAME", "text", true },
        { FIELD_VALUE, "VALUE", "text", true },
        { FIELD_STATUS, "STATUS", "u32", false },
        { FIELD_MESSAGE, "MESSAGE", "text", false },
};
#define SHAPE_FIELD_COUNT (sizeof(SHAPE_FIELDS) / sizeof(SHAPE_FIELDS[0]))
