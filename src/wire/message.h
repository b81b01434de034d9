/* SPDX-License-Identifier: MIT */
/*
 * Message
 *
 * The local protocol, version 1: one message a frame of an AF_UNIX SOCK_SEQPACKET socket, at most
 * MESSAGE_SIZE_MAX bytes. A header, then fields, each with tag and length, in ascending order of
 * tags. A table says for every type of message which fields it must and may hold; a frame with
 * anything else does not parse. doc/PROTOCOL.md is the same in prose. Integers are little-endian.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/text.h"

#define MESSAGE_MAGIC       0x44524f4fu /* "OORD" in memory */
#define MESSAGE_VERSION     1
#define MESSAGE_SIZE_MAX    65536
#define MESSAGE_HEADER_SIZE 24
#define MESSAGE_FIELDS_MAX  256

typedef enum MessageType {
        /* Requests */
        MESSAGE_ASK = 1,        /* -> ANSWER: may the subject do this? */
        MESSAGE_SESSION = 2,    /* -> ANSWER: the PAM module's question, or the end of a session */
        MESSAGE_UNLOCK = 3,     /* -> ANSWER: unlock a door */
        MESSAGE_WHAT_CAN = 4,   /* -> RECORD…, END */
        MESSAGE_WHO_CAN = 5,    /* -> RECORD…, END */
        MESSAGE_STATUS = 6,     /* -> RECORD, END */
        MESSAGE_RELOAD = 7,     /* -> RECORD…, END: one diagnostic a record */
        MESSAGE_EVENTS = 8,     /* -> RECORD…, END */
        MESSAGE_SESSIONS = 9,   /* -> RECORD…, END */
        MESSAGE_CHANGE = 10,    /* -> ANSWER: change who holds what, or live state */
        MESSAGE_ENTER = 11,     /* -> ANSWER: a badge at a door */
        MESSAGE_DOOR = 12,      /* -> RECORD, END: what a door is meant to be */
        MESSAGE_LOCKDOWNS = 13, /* -> RECORD…, END */
        MESSAGE_REPORT = 14,    /* -> RECORD…, END: save, list, show or delete a saved report */
        MESSAGE_MAINTAIN = 15,  /* -> END: put right what the daemon must not put right by itself */
        MESSAGE_TAKE = 16,      /* -> RECORD…, END: what a gateway is to do at its doors */
        MESSAGE_CONSUME = 17,   /* -> ANSWER: who moves the lock uses up an unlock command */
        MESSAGE_COMMAND = 18,   /* -> RECORD, END: what has become of an unlock command */
        MESSAGE_OBSERVE = 19,   /* -> END: what a gateway has seen and done at its doors */
        MESSAGE_CALLERS = 20,   /* -> RECORD…, END: the listed callers */
        MESSAGE_TURN_AWAY = 21, /* -> END: a front has refused somebody, for the record */
        MESSAGE_WATCH = 22,     /* -> RECORD, END: another policy than the one that is known */
        MESSAGE_SEARCH = 23,    /* -> RECORD…, END: where somebody may do something */
        /* Replies */
        MESSAGE_ANSWER = 64,
        MESSAGE_RECORD = 65,  /* one of many; the header's sequence counts from 0 */
        MESSAGE_END = 66,     /* nothing follows; sequence: the number of records */
        MESSAGE_REFUSAL = 67, /* the request itself was refused; never an answer to the question */
} MessageType;

typedef enum FieldTag {
        FIELD_USER = 1,              /* text: whom the question is about; PAM_USER */
        FIELD_ACTION = 2,            /* text: the permission; "session" for MESSAGE_SESSION */
        FIELD_RESOURCE = 3,          /* text: TYPE:PATH; a session's is empty or its door */
        FIELD_WITH = 4,              /* text, repeated: TYPE:PATH */
        FIELD_PROPERTY = 5,          /* text, repeated: KEY=VALUE */
        FIELD_EXPLAIN = 6,           /* flag */
        FIELD_SERVICE = 7,           /* text: PAM service */
        FIELD_PHASE = 8,             /* u32: SessionPhase */
        FIELD_CALLER_UID = 9,        /* u32: real uid of the process that asks */
        FIELD_CALLER_NAME = 10,      /* text: the name that NSS gives that uid; absent: none */
        FIELD_REMOTE_USER = 11,      /* text: PAM_RUSER, a claim */
        FIELD_REMOTE_HOST = 12,      /* text: PAM_RHOST, a claim */
        FIELD_TERMINAL = 13,         /* text: PAM_TTY, a claim */
        FIELD_USER_UID = 14,         /* u32: NSS's uid of PAM_USER; absent: NSS does not know him */
        FIELD_USER_LOCAL_UID = 15,   /* u32: uid of PAM_USER in /etc/passwd itself; absent: none */
        FIELD_CALLER_LOCAL_UID = 16, /* u32: uid in /etc/passwd itself of the caller's name */
        FIELD_MINIMUM_UID = 17,      /* u32 */
        FIELD_USER_GROUPS = 18, /* u32 array, ascending without repeats: Unix groups of PAM_USER */
        FIELD_CALLER_GROUPS = 19, /* u32 array likewise: Unix groups of the caller */
        FIELD_WHY = 20,           /* text: --reason of a break-glass unlock */
        FIELD_SKIP_TESTS = 21,    /* flag */
        FIELD_FOLLOW = 22,        /* flag */
        FIELD_SINCE = 23,         /* i64: seconds UTC */
        FIELD_DENIED = 24,        /* flag: only denials */
        FIELD_WOULD_DENY = 25,    /* flag: only what would be denied if it were enforced */
        FIELD_VIA = 26,           /* flag: with the deciding grant */
        FIELD_ROLE = 27,          /* text, repeated: ROLE[@SITEPATH] */
        FIELD_CUSTOMIZE = 28,     /* text: +PERMISSION, -PERMISSION or default */
        FIELD_FROM = 29,          /* i64: a grant, or access, begins */
        FIELD_UNTIL = 30,         /* i64: it ends */
        FIELD_DRY_RUN = 31,       /* flag: decide, change nothing */
        FIELD_STATE = 32,         /* text: DoorState of an override */
        FIELD_SECONDS = 33,       /* u32: how long an override or a block lasts */
        FIELD_END_SESSIONS = 34,  /* flag: of a suspension: end that person's sessions */
        FIELD_FORMAT = 35,        /* text: how a report of events is to be printed */
        FIELD_REPORT = 36,        /* text: name of a saved report */
        FIELD_CERTIFICATE = 37,   /* text: of the caller for whom a front asks: "sha256:…" */
        FIELD_AFTER = 38,         /* text: where a list, or waiting, goes on; also of END */
        FIELD_LIMIT = 39,         /* u32: how many records at most */
        FIELD_OUTCOME = 40,       /* u32: Outcome */
        FIELD_REASON = 41,        /* text: reason code */
        FIELD_DETAIL = 42,        /* text: the deciding grant, or what is missing */
        FIELD_EXPLANATION = 43,   /* text, several lines */
        FIELD_DECISION_ID = 44,   /* text: 32 hexadecimal digits */
        FIELD_REVISION = 45,      /* text: revision of the policy that decided */
        FIELD_NOT_AFTER = 46,     /* i64: an unlock command is void from then on */
        FIELD_SUBJECT = 47,       /* text: whom it was decided for */
        FIELD_DOOR = 48, /* text: DOOR of the unlock command, as a path with organization */
        FIELD_RELEASE_SECONDS = 49, /* u32: how long an unlock command releases the door */
        FIELD_DOOR_STATE = 50,      /* text: DoorState of the door at the decision */
        FIELD_SESSIONS_ENDED = 51,  /* u32: sessions that a suspension has begun to end */
        FIELD_GATEWAY = 52,         /* text: caller:… that an unlock command was handed to */
        FIELD_CARD = 53,            /* text: number of the card that was shown */
        FIELD_NAME = 60,            /* text, repeated, each followed by its FIELD_VALUE */
        FIELD_VALUE = 61,           /* text, repeated */
        FIELD_STATUS = 62,          /* u32: exit status that a command line program ends with */
        FIELD_MESSAGE = 63,         /* text: for people */
} FieldTag;

typedef enum SessionPhase {
        SESSION_PHASE_ACCOUNT = 1,
        SESSION_PHASE_OPEN = 2,
        SESSION_PHASE_CLOSE = 3,
} SessionPhase;

typedef struct Field {
        uint16_t tag;
        uint32_t size;
        const uint8_t *data; /* borrowed from the frame */
} Field;

/* A decoded message: views into the frame it was decoded from. */
typedef struct Message {
        MessageType type;
        uint64_t request_id; /* chosen by who asks; every reply repeats it */
        uint32_t sequence;
        size_t field_count;
        Field fields[MESSAGE_FIELDS_MAX];
} Message;

/*
 * Decodes a frame. Checks magic, version, type, sizes, order, that every field is known for the
 * type and as often as it may be, the size of integers, and that texts hold no NUL.
 * Return: 0; -EPROTO for a frame that is no message; -EPROTONOSUPPORT for another version;
 * -EMSGSIZE over MESSAGE_SIZE_MAX. Borrows from the frame.
 */
int message_decode(const void *frame, size_t size, Message *ret_message);

/* The first field of a tag. Return: the text, and false when it is absent. */
bool message_text(const Message *message, FieldTag tag, Text *ret_text);

/* The n-th (from 0) field of a tag. Return: false when there are not that many. */
bool message_text_at(const Message *message, FieldTag tag, size_t n, Text *ret_text);

bool message_number(const Message *message, FieldTag tag, uint32_t *ret_number);
bool message_time(const Message *message, FieldTag tag, int64_t *ret_seconds);
bool message_flag(const Message *message, FieldTag tag);

/* An array of numbers. Copies at most `max` of them, in the machine's byte order.
 * Return: 0 and their number (0 when the field is absent), -E2BIG above max, -EPROTO when they do
 * not ascend strictly. */
int message_numbers(const Message *message, FieldTag tag, uint32_t *numbers, size_t max,
                    size_t *ret_count);

/*
 * Writes one message into a buffer. Errors stick: after the first one nothing is written, and
 * message_writer_end() returns it.
 */
typedef struct MessageWriter {
        uint8_t *buffer;
        size_t capacity;
        size_t size;
        uint16_t last_tag;
        size_t field_count;
        int error;
} MessageWriter;

/* Begins a message in a buffer (borrowed) of capacity bytes; above MESSAGE_SIZE_MAX counts as
 * MESSAGE_SIZE_MAX. */
void message_writer_begin(MessageWriter *writer, void *buffer, size_t capacity, MessageType type,
                          uint64_t request_id, uint32_t sequence);

/* Add one field each; tags must not descend (FIELD_NAME and FIELD_VALUE alternate and count as
 * one). A text with a NUL inside is -EINVAL, one that does not fit -EMSGSIZE. */
void message_write_text(MessageWriter *writer, FieldTag tag, Text text);
void message_write_number(MessageWriter *writer, FieldTag tag, uint32_t number);
void message_write_time(MessageWriter *writer, FieldTag tag, int64_t seconds);
void message_write_flag(MessageWriter *writer, FieldTag tag); /* present: true */
void message_write_numbers(MessageWriter *writer, FieldTag tag, const uint32_t *numbers,
                           size_t count);
void message_write_pair(MessageWriter *writer, Text name, Text value);

/* Adds a field as it was decoded from another message. */
void message_write_field(MessageWriter *writer, const Field *field);

/* Ends the message. Return: 0 and its size, or the first error (-EINVAL, -EMSGSIZE). */
int message_writer_end(MessageWriter *writer, size_t *ret_size);
