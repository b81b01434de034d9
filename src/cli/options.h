/* SPDX-License-Identifier: MIT */
/*
 * Options
 *
 * The options of all commands, read by one table. Options stand before or after a command's words,
 * never between them, and are written in full. Behind "--" everything is a word: whoever puts words
 * of others on a command line puts it before them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/limits.h"

typedef enum OptionBit {
        OPTION_POLICY = 1 << 0,
        OPTION_ROLES = 1 << 1,
        OPTION_STATE = 1 << 2,
        OPTION_AT = 1 << 3,
        OPTION_LIVE = 1 << 4,
        OPTION_SOCKET = 1 << 5,
        OPTION_JSON = 1 << 6,
        OPTION_BATCH = 1 << 7,
        OPTION_VIA = 1 << 8,
        OPTION_UNIX_GROUP = 1 << 9,
        OPTION_REASON = 1 << 10,
        OPTION_SKIP_TESTS = 1 << 11,
        OPTION_FOLLOW = 1 << 12,
        OPTION_USER = 1 << 13,
        OPTION_RESOURCE = 1 << 14,
        OPTION_DENIED = 1 << 15,
        OPTION_WOULD_DENY = 1 << 16,
        OPTION_SINCE = 1 << 17,
        OPTION_PAM_DIRECTORY = 1 << 18,
        OPTION_TIMEOUT = 1 << 19,
        OPTION_FROM = 1 << 20,
        OPTION_UNTIL = 1 << 21,
        OPTION_ROLE = 1 << 22,
        OPTION_DRY_RUN = 1 << 23,
        OPTION_MATRIX = 1 << 24,
        OPTION_FORMAT = 1 << 25,
        OPTION_ORGANIZATION = 1 << 26,
        OPTION_FOR = 1 << 27,
        OPTION_CLEAR = 1 << 28,
        OPTION_END_SESSIONS = 1 << 29,
        OPTION_DOOR = 1ll << 32,
        OPTION_SAVED = 1ll << 33,
        OPTION_OWNER = 1ll << 34,
        OPTION_ALL = 1ll << 35,
        OPTION_NO_WAIT = 1ll << 36,
} OptionBit;

/* What an offline command needs, and what a live one needs. */
#define OPTIONS_OFFLINE (OPTION_POLICY | OPTION_ROLES | OPTION_STATE | OPTION_AT | OPTION_JSON)
#define OPTIONS_LIVE    (OPTION_SOCKET | OPTION_TIMEOUT | OPTION_JSON)

#define OPTION_UNIX_GROUPS_MAX 64

typedef enum OutputFormat { FORMAT_TEXT, FORMAT_CSV, FORMAT_MARKDOWN, FORMAT_JSON } OutputFormat;

typedef struct Options {
        uint64_t given; /* bits of OptionBit */
        const char *policy;
        const char *roles;
        const char *state;
        const char *socket; /* NULL: the default */
        int64_t at_s;       /* now, unless --at */
        const char *batch;
        const char *unix_groups[OPTION_UNIX_GROUPS_MAX];
        int unix_group_count;
        const char *reason;
        const char *user;
        const char *resource;
        int64_t since_s;
        const char *pam_directory;
        unsigned timeout_ms;
        int64_t from_s, until_s; /* TIMESTAMP_MIN, TIMESTAMP_MAX unless given */
        uint32_t for_s;          /* 0 unless given */
        const char *with_roles[QUERY_ROLES_MAX];
        int role_count;
        OutputFormat format;
        const char *organization;
        const char *door, *saved, *owner;
        char **words;
        int word_count;
        bool help;
} Options;

/*
 * Reads the arguments behind a command's name. argv is reordered by nobody and lives as long as the
 * options. Errors are printed as one line on standard error, beginning with the command's name.
 * Return: 0, or EXIT_USAGE.
 */
int options_read(const char *command, uint64_t accepted, int argc, char **argv,
                 Options *ret_options);

/* Prints the accepted options for --help. */
void options_print_help(uint64_t accepted);
