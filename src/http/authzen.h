/* SPDX-License-Identifier: MIT */
/*
 * AuthZEN
 *
 * The endpoints of the OpenID AuthZEN Authorization API 1.0: what is behind their routes. Requests
 * become messages of the local protocol, sent for the caller with the certificate; doorwardd
 * decides and its answers become JSON. Nothing is decided here, and nothing is kept between two
 * calls. doc/AUTHZEN.md says how the standard maps onto doorward.
 */
#pragma once

#include "http/call.h"

/* POST /access/v1/evaluation: one question; of an unlock, by who may unlock, the unlock itself. */
void authzen_evaluation(HttpCall *call);

/* POST /access/v1/evaluations: many questions, none of which makes a command. */
void authzen_evaluations(HttpCall *call);

/* POST /access/v1/search/...: who may, on what, what. */
void authzen_search_subject(HttpCall *call);
void authzen_search_resource(HttpCall *call);
void authzen_search_action(HttpCall *call);

/* GET /.well-known/authzen-configuration */
void authzen_metadata(HttpCall *call);

/* All routes of the standard. Return: the table, static, and its length. */
const HttpRoute *authzen_routes(size_t *ret_count);
