/* SPDX-License-Identifier: MIT */
/*
 * Live actions
 *
 * What can be changed at the doors and not in the text: one row a word of ACTION, with what it is
 * about, which decision it takes, what it may state, and what it makes of the live records.
 */
#pragma once

#include "policy/image.h"
#include "policy/query.h"
#include "state/state_store.h"
#include "wire/message.h"

#define LIVE_CHANGES_MAX 2 /* records that one action changes */

/* What a live change states besides its resource. */
typedef struct LiveStatement {
        int64_t from_s, until_s; /* of dates; TIMESTAMP_MIN, TIMESTAMP_MAX: not stated */
        uint32_t seconds;        /* 0: not stated */
        DoorState state;         /* DOOR_STATE_COUNT: not stated */
        bool end_sessions;
} LiveStatement;

/* A live change to be worked out; all borrowed. */
typedef struct LiveCase {
        const Image *image;
        const LiveRecords *records;
        bool clock_untrusted; /* nothing counts as ended */
        const Query *query;
        const LiveStatement *statement;
        LiveNote note;  /* who, when, why, by which decision; kind is set for each record */
        uint32_t index; /* of the resource in the image; IMAGE_NONE: the policy does not know it */
} LiveCase;

/* What comes of it. */
typedef struct LiveResult {
        Reason reason;    /* REASON_NONE: the changes; no-change; self-grant; written-by-hand, with
                           * the place; malformed-query, with the problem */
        ImagePlace place; /* file IMAGE_NONE: none */
        const char *problem; /* static; NULL: none */
        StateChange changes[LIVE_CHANGES_MAX];
        size_t change_count;
} LiveResult;

typedef struct LiveAction {
        const char *name; /* ACTION */
        const char *kind; /* of its row in the journal */
        ResourceType type;
        QueryKind query;           /* QUERY_PERMISSION: `command` names it */
        PermissionCommand command; /* whose permission decides */
        uint64_t may, must;        /* fields it may, and must, state: bits by FieldTag */
        LiveResult (*work_out)(const LiveCase *live);
        bool takes_away; /* makes nothing: it is possible without what it is about */
} LiveAction;

/* The action of a word. Return: static, or NULL for what is no live change. */
const LiveAction *live_action_find(Text name);

/* Whether rows of the journal of a kind are those of live changes. */
bool live_action_has_kind(Text kind);

/* Reads what a request states. *ret_problem: static, a sentence when something is missing, too
 * much or out of its bounds. Return: 0, or QUERY_MALFORMED. */
int live_action_read(const LiveAction *action, const Message *message, LiveStatement *ret_statement,
                     const char **ret_problem);

/* The record in force of a kind about the resource. Return: borrowed; NULL: none, or it ended. */
const LiveRecord *live_case_record(const LiveCase *live, LiveKind kind);

/* Writes what a record says, e.g. "unlocked until 2026-12-01T00:00:00Z", for the journal.
 * Return: buffer. */
#define LIVE_RECORD_TEXT_SIZE 128
char *live_record_text(const LiveRecord *record, char buffer[static LIVE_RECORD_TEXT_SIZE]);
