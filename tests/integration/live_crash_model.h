/* SPDX-License-Identifier: MIT */
/*
 * What a load of live changes has been told, and what may therefore be so after a crash.
 *
 * Each worker owns a few things (people, doors, a lockdown) that nobody else changes, and never has
 * more than one change of a thing under way. Every change has a number, which stands in its reason
 * ("change 7"), and from which follows all that it states; a thing is, for each kind of record
 * about it, the number of the change that is in force. So what is found says which change it comes
 * from.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "state/live_records.h"
#include "wire/message.h"

enum {
        WORKERS = 8,
        PEOPLE = 2,
        DOORS = 2,
        THINGS = PEOPLE + DOORS + 1, /* the lockdown comes last; it holds the last door */
        RECORDS = 2,                 /* kinds of record about one thing, at most */
        NAME_SIZE = 64,
        ID_SIZE = 33,
};

/* Reader: who unlocks for others. Worker 0 is root, n is the person of uid 6000 + n. */
enum { READER_UID = 5999, WORKER_UID = 6000 };

/* Numbers of the changes in force, by kind of record: suspension and dates of a person, override
 * and block of a door. 0: none. */
typedef struct Version {
        uint32_t number[RECORDS];
} Version;

typedef struct Thing {
        Version acknowledged;
        char id[RECORDS][ID_SIZE]; /* decisions of these; "-": it was never acknowledged */
        bool has_waiting;          /* a change has been asked for, and not been answered */
        bool was_seen;             /* … and an answer showed that it was in force */
        Version waiting;           /* what it makes of the thing */
} Thing;

typedef struct Model {
        Thing things[WORKERS][THINGS];
} Model;

/* A change: an action of MESSAGE_CHANGE and what it makes of a version. */
typedef struct Change {
        const char *action;
        const char *kind; /* of its row in the journal */
        Version result;
} Change;

bool thing_is_person(int thing);
bool thing_is_lockdown(int thing);

/* The resource of a thing (user:acme/w1-0) and the kind of one of its records. */
const char *thing_name(int worker, int thing, char buffer[static NAME_SIZE]);
LiveKind thing_kind(int thing, int record);

/* One of the changes that a thing of that version allows, by a random number. */
Change change_choose(int thing, Version version, uint32_t number, uint32_t random);

/* What an action of that number makes of a version. Return: false for what is no such action. */
bool change_apply(const char *action, uint32_t number, Version *version);

/* Writes a request for it. Return: its size. */
size_t change_write(const Change *change, uint32_t number, int worker, int thing,
                    uint64_t request_id, uint8_t *frame, size_t size);

/* What a version does to an unlock. The last three hold for people, doors, and lockdowns. */
bool version_suspends(Version version);
bool version_is_early(Version version); /* dates that have not begun */
bool version_blocks(Version version);
bool version_locks(Version version);

/* The state that a door of that version is meant to be in. */
DoorState version_door_state(Version version);

bool version_equal(Version a, Version b);

/* Says whether a record holds what the change of that number states. */
bool record_fits(const LiveRecord *record, uint32_t number);

/* One line a thing. Return: false when the file is not one that was written so. */
void model_write(const Model *model, FILE *file);
bool model_read(Model *model, FILE *file);
