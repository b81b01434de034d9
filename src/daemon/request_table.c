/* SPDX-License-Identifier: MIT */
/* Request table: see request_table.h. Handlers narrow further: whom a question may be about. */
#include "daemon/request_table.h"

#include "daemon/request_observe.h"

#include "daemon/request_watch.h"

#define ANYBODY (IDENTITY_ROOT | IDENTITY_CALLER | IDENTITY_PERSON)

static const RequestRule rules[] = {
        { MESSAGE_ASK, "ask", ANYBODY, REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY, request_ask },
        { MESSAGE_SESSION, "session", IDENTITY_ROOT | IDENTITY_PERSON,
          REQUEST_NEEDS_NAME | REQUEST_MAY_WAIT, request_session },
        { MESSAGE_UNLOCK, "unlock", ANYBODY,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_unlock },
        { MESSAGE_CHANGE, "change", IDENTITY_ROOT | IDENTITY_PERSON,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_change },
        { MESSAGE_ENTER, "enter", IDENTITY_CALLER, REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT,
          request_enter },
        { MESSAGE_DOOR, "door", IDENTITY_ROOT | IDENTITY_PERSON,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY, request_door },
        { MESSAGE_LOCKDOWNS, "lockdowns", IDENTITY_ROOT | IDENTITY_PERSON,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY, request_lockdowns },
        { MESSAGE_WHAT_CAN, "what-can", ANYBODY,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_what_can },
        { MESSAGE_WHO_CAN, "who-can", IDENTITY_ROOT | IDENTITY_CALLER,
          REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_who_can },
        { MESSAGE_SEARCH, "search", ANYBODY,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_search },
        { MESSAGE_STATUS, "status", ANYBODY | IDENTITY_UNNAMED | IDENTITY_FRONT, REQUEST_MAY_WAIT,
          request_status },
        { MESSAGE_WATCH, "watch", ANYBODY | IDENTITY_FRONT, REQUEST_NEEDS_NAME, request_watch },
        { MESSAGE_CALLERS, "callers", IDENTITY_ROOT | IDENTITY_FRONT, REQUEST_NEEDS_POLICY,
          request_callers },
        { MESSAGE_TURN_AWAY, "turn-away", IDENTITY_ROOT | IDENTITY_FRONT,
          REQUEST_TELLS_OF_CERTIFICATE, request_turn_away },
        { MESSAGE_OBSERVE, "observe", IDENTITY_CALLER, REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT,
          request_observe },
        { MESSAGE_RELOAD, "reload", IDENTITY_ROOT, REQUEST_MAY_WAIT, request_reload },
        { MESSAGE_MAINTAIN, "maintain", IDENTITY_ROOT, REQUEST_MAY_WAIT, request_maintain },
        { MESSAGE_EVENTS, "events", ANYBODY, REQUEST_NEEDS_NAME | REQUEST_MAY_WAIT,
          request_events },
        { MESSAGE_REPORT, "report", IDENTITY_ROOT | IDENTITY_PERSON,
          REQUEST_NEEDS_NAME | REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_saved_report },
        { MESSAGE_TAKE, "take", IDENTITY_CALLER, REQUEST_NEEDS_POLICY, request_take },
        { MESSAGE_CONSUME, "consume", IDENTITY_ROOT | IDENTITY_CALLER,
          REQUEST_NEEDS_POLICY | REQUEST_MAY_WAIT, request_consume },
        { MESSAGE_COMMAND, "command", ANYBODY, REQUEST_NEEDS_NAME, request_command },
        { MESSAGE_SESSIONS, "sessions", IDENTITY_ROOT, REQUEST_MAY_WAIT, request_report },
};

const RequestRule *request_table_find(MessageType type)
{
        for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
                if (rules[i].type == type)
                        return &rules[i];
        return NULL;
}
