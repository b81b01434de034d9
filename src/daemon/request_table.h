/* SPDX-License-Identifier: MIT */
/* Request table: which requests there are, who may make them, and who answers them. Nothing is
 * allowed that is not listed. */
#pragma once

#include "daemon/request.h"

typedef enum RequestNeed {
        REQUEST_NEEDS_NAME = 1 << 0,           /* NSS is asked for the name of an unknown uid */
        REQUEST_NEEDS_POLICY = 1 << 1,         /* without policy it is answered "no-policy" */
        REQUEST_MAY_WAIT = 1 << 2,             /* counts as in flight */
        REQUEST_TELLS_OF_CERTIFICATE = 1 << 3, /* it is the matter, not who asks */
} RequestNeed;

typedef struct RequestRule {
        MessageType type;
        const char *name;
        unsigned who;   /* bits of IdentityKind */
        unsigned needs; /* bits of RequestNeed */
        RequestHandler handler;
} RequestRule;

/* The rule of a type of message. Return: static, or NULL for what is no request. */
const RequestRule *request_table_find(MessageType type);
