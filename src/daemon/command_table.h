/* SPDX-License-Identifier: MIT */
/*
 * Command table
 *
 * The unlock commands of the last minute, by id and in the order in which they were made; what may
 * be done with each, and when its time is over. Bounded: when it is full, those go first whose fate
 * is known. In memory only: what has to outlive the daemon is in the journal. Time is handed in;
 * this file asks no clock and tells nobody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/decision_id.h"
#include "util/cleanup.h"
#include "util/text.h"
#include "wire/gateway_event.h"

#define COMMANDS_MAX       65536
#define COMMAND_VALID_MS   10000 /* by the steady clock, whatever the other one does */
#define COMMAND_SILENCE_MS 5000  /* after its not-after: nothing more is waited for */
#define COMMAND_KEPT_MS    60000 /* … and for so long it can be asked about */

typedef enum CommandState {
        COMMAND_MAKING,      /* not on disk yet: nobody knows its id */
        COMMAND_GIVEN,       /* who asked has the id; whoever serves the door may take it */
        COMMAND_HANDED_OVER, /* to one gateway */
        COMMAND_CONSUMED,    /* by one program */
        /* Final, as a gateway has reported */
        COMMAND_COMMANDED,
        COMMAND_REFUSED,
        COMMAND_FAILED,
        COMMAND_LATE,
        COMMAND_UNCERTAIN,
        /* Final, as nobody has */
        COMMAND_EXPIRED, /* nobody took it in time */
        COMMAND_UNKNOWN, /* somebody took it, and nothing more was heard */
        COMMAND_STATE_COUNT,
} CommandState;

/* What a command is made of. Borrowed; copied. */
typedef struct CommandFacts {
        Text id;       /* 32 hexadecimal digits */
        Text door;     /* path beginning with the organization */
        Text subject;  /* for whom */
        Text reason;   /* of the decision */
        Text revision; /* of the policy */
        Text asker;    /* caller that asked, "caller:acme/gw-1"; empty: a uid did */
        Text gateway;  /* whom it is for; empty: nobody serves the door */
        uint32_t asker_uid;
        uint32_t seconds;    /* of the release */
        int64_t not_after_s; /* UTC, of the system's clock */
        uint64_t now_ms;     /* monotonic: made now */
        bool is_asked_for;   /* the gateway has asked for it itself: handed over from the start */
        bool awaits_report;  /* whoever it is for will say what became of it */
} CommandFacts;

typedef struct Command Command;
struct Command {
        Command *next_of_id;                  /* in its bucket */
        Command *next, *previous;             /* the order in which they were made */
        Command *next_given, *previous_given; /* of those that a TAKE may have */
        DecisionId id;
        CommandState state;
        bool is_for_gateway; /* a TAKE may have it when it is given */
        bool is_waiting;     /* … which it is: it stands in that list */
        bool is_asked_for;
        bool awaits_report; /* of whoever has it */
        bool is_counted;    /* among those without an end */
        unsigned pins;      /* who still points to it: it is not forgotten */
        uint32_t version;   /* rises with everything that COMMAND tells */
        uint64_t void_ms;
        int64_t not_after_s;
        uint32_t seconds;
        uint32_t asker_uid;
        uint64_t door_hash;
        const char *observed, *passage; /* words of events; NULL: none yet. Static */
        char *gateway;                  /* who has it, or is to; "": nobody. Owned */
        char *detail;                   /* of the final report; NULL: none. Owned */
        char *door, *subject, *reason, *revision, *asker; /* in bytes */
        char bytes[];
};

typedef struct CommandTable CommandTable;

/* Return: owned by the caller, or NULL without memory. */
CommandTable *command_table_new(void);
CommandTable *command_table_free(CommandTable *table);
DEFINE_CLEANUP(CommandTable *, command_table_free);

/* Adds a command that is being made. Return: 0 and the command (borrowed while it is pinned, which
 * it is once now), -EBUSY when COMMANDS_MAX have no end yet, -EINVAL for an id that is none or
 * stands there already, -ENOMEM. */
int command_table_add(CommandTable *table, const CommandFacts *facts, Command **ret_command);

/* The command of an id. Return: borrowed, or NULL. */
Command *command_table_find(const CommandTable *table, Text id);

/* Whether a text has the form of a command's id. */
bool command_id_is_valid(Text id);

/* Takes a command out and frees it, whoever points to it. */
void command_table_remove(CommandTable *table, Command *command);

/* The first of those that a TAKE may have; the others follow as next_given. Return: borrowed, or
 * NULL. */
Command *command_table_given(const CommandTable *table);

/* Moves a command to another state: its version rises. */
void command_table_move(CommandTable *table, Command *command, CommandState state);

/* Makes somebody the one who has a command. Return: 0 or -ENOMEM, and nothing has changed. */
int command_set_gateway(Command *command, Text gateway);

/* Whether a command is over by either clock: it must not open anything any more. */
bool command_is_void(const Command *command, uint64_t now_ms, int64_t system_s);

/*
 * The next command whose time has come, each once: of those that are void, and of those about which
 * nothing more is waited for. Return: borrowed, or NULL when there is none now.
 */
Command *command_table_next_void(CommandTable *table, uint64_t now_ms);
Command *command_table_next_silent(CommandTable *table, uint64_t now_ms);

/* Frees what has been kept for long enough. */
void command_table_forget(CommandTable *table, uint64_t now_ms);

/* When one of these three has something to do: monotonic, UINT64_MAX: never. */
uint64_t command_table_due_ms(const CommandTable *table);

/* How many there are, and how many of them have no end yet. */
size_t command_table_count(const CommandTable *table);
size_t command_table_count_open(const CommandTable *table);

/* Whether nothing more is to come. */
bool command_state_is_final(CommandState state);

/* The word of a state, e.g. "handed-over"; those that a gateway reports are the words of its
 * events. Static. */
const char *command_state_name(CommandState state);

/* The final state that an event reports. Return: false for an event of another kind. */
bool command_state_of_event(GatewayEventKind kind, CommandState *ret_state);
