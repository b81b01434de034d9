/* SPDX-License-Identifier: MIT */
/*
 * Reading AuthZEN requests
 *
 * Members that the standard does not know are ignored, as it demands. What stands in properties and
 * in the context is what a decision is to be based on: there, whatever doorward would not consider
 * is refused, so that nobody believes that it was.
 */
#pragma once

#include "http/authzen_problem.h"
#include "policy/limits.h"

#define AUTHZEN_USER_SIZE      256
#define AUTHZEN_ACTION_SIZE    256
#define AUTHZEN_PROPERTIES_MAX 3
#define AUTHZEN_WHERE_SIZE     32 /* "evaluations[64]." with its NUL */

/* The four parts of a question, borrowed; NULL: absent. */
typedef struct AuthzenParts {
        const json_t *subject, *action, *resource, *context;
} AuthzenParts;

/* A question in doorward's words. It borrows from the parts. */
typedef struct AuthzenQuestion {
        char user[AUTHZEN_USER_SIZE]; /* "alice", "caller:acme/gw-1" */
        Text action;
        char resource[RESOURCE_SIZE_MAX]; /* "door:acme/HQ/D1" */
        Text with[QUERY_WITH_MAX];
        size_t with_count;
        const char *properties[AUTHZEN_PROPERTIES_MAX]; /* "private=true". Static */
        size_t property_count;
        bool ask_only;
} AuthzenQuestion;

/* What a search is about: each part is "" where the search does not have it. */
typedef struct AuthzenSearch {
        char user[AUTHZEN_USER_SIZE];
        Text action;
        char resource[RESOURCE_SIZE_MAX]; /* "door:" when resources are searched for */
} AuthzenSearch;

/* What is searched for. */
typedef enum AuthzenSought { AUTHZEN_SUBJECTS, AUTHZEN_RESOURCES, AUTHZEN_ACTIONS } AuthzenSought;

/* Reads the body of a call: a JSON object. Return: 0 and the object (owned by the caller), or
 * AUTHZEN_PROBLEM. */
int authzen_read_body(const HttpCall *call, json_t **ret_document, AuthzenProblem *problem);

/* The parts that stand in an object; those that are absent are taken from defaults (may be NULL).
 */
AuthzenParts authzen_parts(const json_t *object, const AuthzenParts *defaults);

/* Reads a question. where, e.g. "evaluations[3].", is how a problem names its place.
 * Return: 0, or AUTHZEN_PROBLEM. */
int authzen_read_question(const AuthzenParts *parts, const char *where,
                          AuthzenQuestion *ret_question, AuthzenProblem *problem);

/* Reads what a search is about. Return: 0, or AUTHZEN_PROBLEM. */
int authzen_read_search(const AuthzenParts *parts, AuthzenSought sought, AuthzenSearch *ret_search,
                        AuthzenProblem *problem);
