/* SPDX-License-Identifier: MIT */
/*
 * Messages
 *
 * POST /doorward/v1/messages: the local protocol for callers on other hosts. The body is one
 * request frame, without a certificate of its own; the answer is its reply frames, one behind the
 * other. What is passed on is written anew, with the certificate that was verified.
 */
#pragma once

#include "http/call.h"

#define MESSAGES_REPLIES_MAX (1u << 20) /* bytes of all replies to a request */

/* Serves a call. */
void messages_serve(HttpCall *call);
