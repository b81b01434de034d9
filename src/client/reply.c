/* SPDX-License-Identifier: MIT */
/* Reply: see reply.h. */
#include "client/reply.h"

#include <doorward/doorward.h>

#define ACTION_UNLOCK "access.door.unlock"
#define ACTION_ENTER  "access.door.enter"

/* Whether a field of the request, where it is stated, stands in the reply too. */
static bool repeats(const Message *request, const Message *reply, FieldTag tag)
{
        Text asked, answered;
        if (!message_text(reply, tag, &answered))
                return false;
        return !message_text(request, tag, &asked) || text_equal(asked, answered);
}

static bool is_allow(const Message *reply)
{
        uint32_t outcome;
        return !message_number(reply, FIELD_OUTCOME, &outcome) || outcome == DOORWARD_ALLOW;
}

/* An unlock command is for the door that was asked for, and an allow is nothing without one. */
static bool is_for_door(const Message *request, const Message *reply)
{
        Text resource, type, path, door;
        if (!message_text(reply, FIELD_DOOR, &door))
                return !is_allow(reply);
        return message_text(request, FIELD_RESOURCE, &resource) &&
               text_split_first(resource, ':', &type, &path) && text_equal(path, door);
}

/* What the reader or the person asked for can be one permission only. */
static bool is_action(const Message *reply, const char *action)
{
        Text answered;
        return message_text(reply, FIELD_ACTION, &answered) &&
               (answered.size == 0 || text_is(answered, action));
}

bool reply_is_to(const Message *request, const Message *reply)
{
        if (request->type == MESSAGE_OBSERVE)
                return reply->type == MESSAGE_END && reply->sequence == 0;
        if (reply->type != MESSAGE_ANSWER || !repeats(request, reply, FIELD_USER) ||
            !repeats(request, reply, FIELD_ACTION) || !repeats(request, reply, FIELD_RESOURCE))
                return false;
        switch (request->type) {
        case MESSAGE_UNLOCK:
                return is_action(reply, ACTION_UNLOCK) && is_for_door(request, reply);
        case MESSAGE_ENTER:
                return is_action(reply, ACTION_ENTER) && is_for_door(request, reply);
        case MESSAGE_CONSUME:
                return !is_allow(reply) ||
                       (repeats(request, reply, FIELD_DECISION_ID) && is_for_door(request, reply));
        default:
                return true;
        }
}
