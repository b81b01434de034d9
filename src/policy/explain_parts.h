/* SPDX-License-Identifier: MIT */
/*
 * Explain, shared parts
 *
 *     explain.c             decides with a recorder and puts the parts together
 *     explain_line.c        the line that `check` prints
 *     explain_delegation.c  the same for questions about granting
 *     explain_chain.c       the chain that leads to an allow
 *     explain_reason.c      why a condition or a gate does not hold
 *     explain_time.c        the same where it depends on time or on live state
 *     explain_text.c        how grants, places and resources are written
 *     misses.c              which held roles came near, kept while deciding
 *     remedy*.c             the smallest change that would turn a denial
 *     suggest.c             what a misspelt name was meant to be
 */
#pragma once

#include <stdio.h>

#include "policy/engine.h"
#include "policy/explain.h"
#include "policy/roles.h"

/* ---- misses.c ---- */

#define MISSES_MAX 6

/* The held roles that came nearest, the nearest first. Nothing is allocated: what is farther than
 * those kept is dropped. */
typedef struct Misses {
        Recorder recorder; /* first: the engine is given a pointer to it */
        const Image *image;
        Step steps[MISSES_MAX];
        size_t count;
        size_t dropped;
} Misses;

/* Prepares to record a decision. */
Misses misses_new(const Image *image);

/* Says whether a role gives a permission at all, on whatever conditions. */
bool role_may_give(const Image *image, uint32_t role, uint32_t permission);

/* ---- explain_text.c ---- */

typedef struct Printer {
        const Image *image;
        FILE *stream;
        bool with_places;
} Printer;

/* 0, or the stream's error. */
int print_result(const Printer *printer);

void print_text(const Printer *printer, Text text);
void print_string(const Printer *printer, uint32_t string);
void print_resource(const Printer *printer, ResourceType type, uint32_t index);

/* Writes ", FILE:LINE", or nothing where there is no place or none may be shown. */
void print_place(const Printer *printer, ImagePlace place);

/* Writes "site:acme/HQ", or the organization where site is IMAGE_NONE. */
void print_where(const Printer *printer, uint32_t organization, uint32_t site);

/* Writes "access-site-viewer at site:acme/HQ by group:acme/desk, FILE:LINE", and of what every
 * member holds (no grant) "org-member by membership". */
void print_held(const Printer *printer, uint32_t role, uint32_t grant);

/* Writes a role's name, and " at ..." where it is or would be held. */
void print_role_at(const Printer *printer, uint32_t organization, uint32_t role, uint32_t site);

/* What an organization has done to a permission of a role; NULL for what is no variant, and for
 * what the variant leaves as it was. */
const ImageCustomization *customization_of(const Image *image, uint32_t role, uint32_t permission);

/* Writes "PERMISSION was removed from ROLE by the organization, FILE:LINE". */
void print_removal(const Printer *printer, uint32_t role, const ImageCustomization *removal);

/* ---- explain_line.c ---- */

/* Writes why the organization does not take the asker for one of its people. */
void print_unknown(const Printer *printer, const Query *query, const Decision *decision);

/* Writes a denial by a condition or gate, after the role that would give it. */
void print_failed(const Printer *printer, const DecisionContext *context, const Query *query,
                  const Decision *decision);

/* ---- explain_delegation.c ---- */

/* Writes the line of a denial of, or an error about, a question about granting. */
void delegation_describe(const Printer *printer, const DecisionContext *context, const Query *query,
                         const Decision *decision);

/* Decides again what a question about granting lacked, with a recorder. Return: whether there was
 * an authority that the asker lacks. */
bool delegation_record(const Image *image, const DecisionContext *context, const Query *query,
                       const Decision *decision, Recorder *recorder);

/* ---- explain_reason.c ---- */

/* What a denial is about. */
typedef struct Denial {
        const Query *query;
        const DecisionContext *context;
        uint32_t user;
        Reason reason;
        Condition condition; /* 0: none */
        Gate gate;           /* 0: none */
        uint32_t role;       /* that would give it; IMAGE_NONE: none */
        uint32_t access_level;
        uint32_t lockdown;
        ImagePlace place;     /* a teller may put another line here */
        const LiveNote *note; /* NULL: none */
} Denial;

/* Writes why a condition or gate does not hold, as a clause: "the access of alice is suspended,
 * FILE:LINE". */
void print_denial(const Printer *printer, const Denial *denial);

/* What a condition needs to be named, e.g. "with=schedule:..."; NULL for those that need nothing.
 */
const char *condition_object(Condition condition);

/* ---- explain_time.c ---- */

/* Writes "BEFORE 2026-11-22T09:00:00Z by chris: lost badge (decision 0123...)"; nothing where there
 * is no note or no place may be shown either. */
void print_note(const Printer *printer, const LiveNote *note, const char *before);

/* The time zone of an access level at the door that a query is about; IMAGE_NONE: not known. */
uint32_t level_zone(const Printer *printer, const ImageAccessLevel *level, const Query *query);

/* One for each reason that depends on time or on live state: writes the clause, and sets the
 * denial's place to the line that belongs to it. */
void tell_suspended(const Printer *printer, Denial *denial);
void tell_dates(const Printer *printer, Denial *denial);
void tell_level(const Printer *printer, Denial *denial);
void tell_schedule_ended(const Printer *printer, Denial *denial);
void tell_door_locked(const Printer *printer, Denial *denial);
void tell_code_required(const Printer *printer, Denial *denial);
void tell_blocked(const Printer *printer, Denial *denial);
void tell_locked_down(const Printer *printer, Denial *denial);
void tell_clock(const Printer *printer, Denial *denial);
void tell_live_unknown(const Printer *printer, Denial *denial);

/* ---- suggest.c ---- */

/* Finds what a misspelt permission, resource or user was meant to be, and writes the line "Did you
 * mean NAME?"; nothing when nothing is near. A command's word was meant to be the permission that
 * decides it. Looks at every name of its kind: for explanations
 * only. */
void suggest_permission(const Printer *printer, Text name);
void suggest_role(const Printer *printer, uint32_t organization, Text name);
void suggest_resource(const Printer *printer, const Resource *resource);
void suggest_user(const Printer *printer, uint32_t organization, Text name);

/* ---- explain_chain.c ---- */

/* Writes the chain of an allow: user, group, grant, role, permission, site. */
void print_chain(const Printer *printer, const DecisionContext *context, const Query *query,
                 const Decision *decision);

/* ---- remedy.c ---- */

/* Finds the smallest change for a denial. query's subject need not be known. */
void remedies_find(const Image *image, const DecisionContext *context, const Query *query,
                   Explanation *explanation);

/* Writes one remedy as a sentence without its full stop. */
void remedy_print(const Printer *printer, const Remedy *remedy, const Query *query,
                  uint32_t organization);
