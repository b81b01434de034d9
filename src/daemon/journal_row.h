/* SPDX-License-Identifier: MIT */
/* Journal row: what is written of one decision or event, and what can be read back of what is
 * open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/limits.h"
#include "util/text.h"

#define JOURNAL_TEXT_MAX 4096 /* bytes of one text in a row; longer ones are cut */

/* The texts of a row, in the order of the columns. */
typedef enum JournalText {
        JOURNAL_KIND,        /* account, session-open, session-close, unlock, ask, change, … */
        JOURNAL_DECISION_ID, /* 32 hexadecimal digits */
        JOURNAL_SUBJECT,     /* whom it was decided for */
        JOURNAL_IDENTIFIED,  /* how that person is known, identity.h */
        JOURNAL_USER,        /* as stated: PAM_USER */
        JOURNAL_CALLER_NAME, /* person behind the calling process */
        JOURNAL_SERVICE,
        JOURNAL_ACTION,   /* permission, or role */
        JOURNAL_RESOURCE, /* TYPE:PATH */
        JOURNAL_DECISION, /* allow, deny, error, done, … */
        JOURNAL_REASON,
        JOURNAL_GRANTED_BY, /* the deciding grant, or what is missing */
        JOURNAL_PLACE,      /* FILE:LINE of what decided */
        JOURNAL_REVISION,   /* of the policy that decided */
        JOURNAL_REMOTE_USER,
        JOURNAL_REMOTE_HOST,
        JOURNAL_TERMINAL,
        JOURNAL_WHY,      /* as stated by a person, or what an alarm says */
        JOURNAL_BEFORE,   /* of a change: what the target held, … */
        JOURNAL_AFTER,    /* … and what it holds then; "-": nothing */
        JOURNAL_GATEWAY,  /* who says that it happened: "caller:acme/gw-1 #12", its sequence */
        JOURNAL_OCCURRED, /* when it happened, by that gateway's clock: RFC 3339 */
        JOURNAL_TEXT_COUNT,
} JournalText;

/* What a row does to the tables of what is open. */
typedef enum JournalEffect {
        JOURNAL_EFFECT_NONE,
        JOURNAL_EFFECT_OPENS_SESSION,
        JOURNAL_EFFECT_CLOSES_SESSION, /* the newest of service, user and process or terminal */
        JOURNAL_EFFECT_OPENS_COMMAND,  /* the unlock command of this decision id */
        JOURNAL_EFFECT_CLOSES_COMMAND,
        JOURNAL_EFFECT_GIVES_UP_COMMAND, /* likewise; the row is written only if it is open */
} JournalEffect;

/* Texts that go to those tables only. */
typedef enum JournalFact {
        JOURNAL_FACT_DOOR,        /* of a command: path beginning with the organization */
        JOURNAL_FACT_CERTIFICATE, /* of a command: of the caller who asked; empty: a uid asked */
        JOURNAL_FACT_STORE,       /* of a gateway: the store that its sequence counts */
        JOURNAL_FACT_COUNT,
} JournalFact;

/* How full the journal may become by minor rows of a kind: who is nobody may not keep what gateways
 * report from being recorded, nor may whoever asks. */
typedef enum JournalShare {
        JOURNAL_SHARE_ASKERS,    /* local people and callers: nine tenths */
        JOURNAL_SHARE_OUTSIDERS, /* whoever reaches a front: half */
        JOURNAL_SHARE_GATEWAYS,  /* what listed gateways report: all but a twentieth */
        JOURNAL_SHARE_COUNT,
} JournalShare;

typedef struct JournalRow {
        int64_t time_s;
        Text texts[JOURNAL_TEXT_COUNT]; /* empty: not known. Borrowed; escaped when copied */
        uint32_t caller_uid;
        pid_t caller_pid;
        int64_t caller_started; /* of an opened session: process_started(); 0: not known */
        bool observed;          /* the decision was not enforced */
        bool would_deny;        /* … and it would have denied */
        bool is_minor;          /* what anybody can cause: not in all of the journal, nor in the
                                   second half of its queue */
        JournalShare share;     /* of a minor one */
        JournalEffect effect;
        Text facts[JOURNAL_FACT_COUNT]; /* copied as they are */
        int64_t not_after_s;            /* of a command that is opened */
        uint64_t sequence;              /* the gateway JOURNAL_CALLER_NAME has told as far as that
                                           in its store; 0: not told by a gateway */
} JournalRow;

#define JOURNAL_SESSIONS_FOUND_MAX 256
#define JOURNAL_SESSIONS_NEWEST    INT64_MAX /* before it lie all */

/* An open session, as its row says. */
typedef struct JournalSession {
        pid_t pid;
        int64_t started;
        bool is_shared; /* its process has a session of somebody else open, too */
        char user[256], service[256], decision_id[40];
} JournalSession;

typedef struct JournalSessions {
        int64_t before; /* only those whose rows are older; then that of the oldest one found */
        size_t count;   /* JOURNAL_SESSIONS_FOUND_MAX: there may be more */
        JournalSession sessions[JOURNAL_SESSIONS_FOUND_MAX]; /* the newest of them */
} JournalSessions;

#define JOURNAL_COMMANDS_FOUND_MAX 256

/* An open unlock command, as its row says. */
typedef struct JournalCommand {
        char decision_id[40], door[PATH_SIZE_MAX], subject[256], certificate[80];
        int64_t not_after_s;
        uint32_t uid;
} JournalCommand;

typedef struct JournalCommands {
        char after[40]; /* only those with a higher id; then that of the last one found */
        size_t count;   /* JOURNAL_COMMANDS_FOUND_MAX: there may be more */
        JournalCommand commands[JOURNAL_COMMANDS_FOUND_MAX];
} JournalCommands;

/* How far a gateway has told. */
typedef struct JournalGateway {
        char store[40];    /* empty: nothing was ever heard of it */
        uint64_t sequence; /* of that store, the last that is on disk */
} JournalGateway;
