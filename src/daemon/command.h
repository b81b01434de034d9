/* SPDX-License-Identifier: MIT */
/*
 * Commands
 *
 * The life of unlock commands in the daemon. An allow of an unlock is on disk, then its id is given
 * to who asked, and in the same turn of the loop the command is handed to the gateway whose TAKE
 * waits for that door. What must hold:
 *
 *  1. An id is on disk before anybody is told of it (as far as the policy wants the journal).
 *  2. A command is handed to one taker, or consumed by one program, never to two.
 *  3. Nothing is handed out, and nothing may be consumed, at its not-after or later, by the
 *     system's clock and by the steady one.
 *  4. After a restart nothing is handed out again: what was open is recorded as unknown.
 *  5. Every command that a gateway was to have, or a program that reports has, gets one final
 *     state: what was reported, expired, or unknown.
 *
 * A door that no gateway has served since the daemon started has no gateway to wait for: whoever
 * got the id moves the lock. When nobody consumes it that is recorded where the policy lists a
 * gateway for the door (one that may unlock and report), and nothing is otherwise.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/command_table.h"
#include "daemon/gateway_presence.h"
#include "daemon/identity.h"
#include "daemon/journal.h"

typedef struct Server Server;

#define COMMAND_SECONDS 10 /* from the decision to not-after */

/* What became of all commands since the start. */
typedef struct CommandCounters {
        uint64_t made;      /* given to who asked */
        uint64_t away;      /* not made: the gateway of the door was away */
        uint64_t taken;     /* handed over or consumed */
        uint64_t commanded; /* reported so */
        uint64_t failed;    /* reported refused, failed, late or unknown */
        uint64_t expired, unknown;
} CommandCounters;

/* What the server holds. */
typedef struct Commands {
        CommandTable *table;
        GatewayPresence *presence;
        Take *takes; /* that wait; a list */
        sd_event_source *timer;
        JournalCommands *found; /* open ones of the last daemon, while they are looked for */
        CommandCounters counters;
} Commands;

enum CommandProblem {
        COMMAND_GATEWAY_AWAY = 1, /* the door is served, and nobody is there */
        COMMAND_BUSY = 2,         /* too many are open */
};

/* Prepares the table. Return: 0, -ENOMEM, -errno. */
int commands_open(Server *server);

/* Looks for commands that the last daemon left open, and records them as unknown. To be called when
 * the journal is open. */
void commands_start(Server *server);
void commands_stop(Server *server);

/*
 * Makes a command for an allow; now_ms of the facts is filled in, and for a door that is not
 * is_asked_for the gateway, too. Return: 0 and the command, which nobody knows yet, and which ends
 * in command_give() or command_withdraw(); COMMAND_GATEWAY_AWAY, COMMAND_BUSY.
 */
int command_make(Server *server, CommandFacts *facts, Command **ret_command);

/* What an answer says as its gateway: its name, or "none". Borrowed. */
Text command_gateway_text(const Command *command);

/* Adds to the row of the allow that it opens the command, if anybody is to report what became of
 * it. Borrows from the command. */
void command_open_row(const Command *command, JournalRow *row);

/* Who asked has been told: hands the command over if somebody waits for it. */
void command_give(Server *server, Command *command);

/* Who asked has not been told, and nobody is to act on it. why (may be NULL) is recorded where the
 * row of the allow is on disk. */
void command_withdraw(Server *server, Command *command, const char *why);

/* A command was taken by a gateway (handed over) or a program (consumed), whose name, if it is a
 * listed one, command_set_gateway() has written down. */
void command_take(Server *server, Command *command, CommandState state);

/*
 * A gateway has reported something about a command. caller is "caller:acme/gw-1"; detail one line
 * or empty. Of an unknown id, and of one that somebody else has, nothing changes. To be called once
 * for each event, when its row has been handed to the journal.
 */
void commands_observed(Server *server, Text caller, Text command_id, GatewayEventKind kind,
                       Text detail);

/* Whether a gateway may tell of a command at a door: not while it is known here that somebody else
 * has it, or nobody, or that it is for another door. */
bool commands_may_report(const Server *server, Text caller, Text door, Text command_id);

/* Now by both clocks, not as of this turn of the loop: for whether a command is void. */
typedef struct CommandMoment {
        uint64_t now_ms;   /* monotonic */
        int64_t system_ms; /* UTC, milliseconds */
} CommandMoment;
CommandMoment command_moment(void);

/* Milliseconds that a command is still valid; 0: it is void. */
uint64_t command_valid_ms(const Command *command, CommandMoment moment);

/* A COMMAND waits for a change of a command; and does no longer. */
void command_pin(Command *command);
void command_unpin(Server *server, Command *command);

/* What the timer does: ends commands whose time has come, as of server_now_ms(). */
void commands_expire(Server *server);

/* Sees to the timer: something has been made or waits. */
void commands_arm(Server *server);
