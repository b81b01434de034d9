/* SPDX-License-Identifier: MIT */
/*
 * Command
 *
 * A subcommand of `doorward`: one constant struct in a file of its own, listed in main.c.
 */
#pragma once

#include "cli/options.h"

/* Exit statuses that every command shares (doorward(1)). */
enum ExitStatus {
        EXIT_ALLOWED = 0, /* done, allowed, all hold */
        EXIT_DENIED = 1,  /* denied, some fail */
        EXIT_USAGE = 2,   /* wrong options or arguments */
        EXIT_UNABLE = 3,  /* cannot decide, could not */
};

typedef struct Command {
        const char *name;
        const char *arguments; /* as in the usage line, e.g. "QUERY" */
        const char *summary;   /* half a sentence */
        const char *details;   /* more lines for --help, or NULL */
        uint64_t options;      /* bits of OptionBit that it takes */
        int words_min;         /* arguments that are no options */
        int words_max;         /* -1: any number */
        int (*run)(const Options *options);
} Command;

extern const Command command_check;
extern const Command command_explain;
extern const Command command_validate;
extern const Command command_who_can;
extern const Command command_what_can;
extern const Command command_test;
extern const Command command_roles;
extern const Command command_pam_check;
extern const Command command_status;
extern const Command command_reload;
extern const Command command_unlock;
extern const Command command_grant;
extern const Command command_revoke;
extern const Command command_migrate;
extern const Command command_member;
extern const Command command_customize;
extern const Command command_enter;
extern const Command command_suspend;
extern const Command command_resume;
extern const Command command_dates;
extern const Command command_door;
extern const Command command_lockdown;
extern const Command command_sessions;
extern const Command command_events;
extern const Command command_report;
extern const Command command_state;
extern const Command command_clock;
extern const Command command_callers;
