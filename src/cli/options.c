/* SPDX-License-Identifier: MIT */
/* Options: one table says which there are; getopt_long() reads them before and after the words. */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/duration.h"
#include "doorward-config.h"
#include "util/number.h"
#include "util/timestamp.h"

/* a person is waiting; a reload of a large policy takes seconds */
#define TIMEOUT_DEFAULT_MS 30000
#define TIMEOUT_MAX_MS     3600000

static int set_policy(Options *options, const char *value)
{
        options->policy = value;
        return 0;
}

static int set_roles(Options *options, const char *value)
{
        options->roles = value;
        return 0;
}

static int set_state(Options *options, const char *value)
{
        options->state = value;
        return 0;
}

static int set_socket(Options *options, const char *value)
{
        options->socket = value;
        return 0;
}

static int set_batch(Options *options, const char *value)
{
        options->batch = value;
        return 0;
}

static int set_reason(Options *options, const char *value)
{
        options->reason = value;
        return 0;
}

static int set_user(Options *options, const char *value)
{
        options->user = value;
        return 0;
}

static int set_resource(Options *options, const char *value)
{
        options->resource = value;
        return 0;
}

static int set_pam_directory(Options *options, const char *value)
{
        options->pam_directory = value;
        return 0;
}

static int set_at(Options *options, const char *value)
{
        return timestamp_parse(text_from(value), &options->at_s);
}

static int set_since(Options *options, const char *value)
{
        return timestamp_parse(text_from(value), &options->since_s);
}

static int set_from(Options *options, const char *value)
{
        return timestamp_parse(text_from(value), &options->from_s);
}

static int set_until(Options *options, const char *value)
{
        return timestamp_parse(text_from(value), &options->until_s);
}

static int set_for(Options *options, const char *value)
{
        return duration_parse(text_from(value), &options->for_s);
}

static int set_role(Options *options, const char *value)
{
        if (options->role_count == QUERY_ROLES_MAX)
                return -1;
        options->with_roles[options->role_count++] = value;
        return 0;
}

static int set_format(Options *options, const char *value)
{
        static const char *const NAMES[] = { [FORMAT_TEXT] = "text",
                                             [FORMAT_CSV] = "csv",
                                             [FORMAT_MARKDOWN] = "markdown",
                                             [FORMAT_JSON] = "json" };
        for (unsigned i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
                if (strcmp(value, NAMES[i]) == 0) {
                        options->format = (OutputFormat)i;
                        return 0;
                }
        }
        return -1;
}

static int set_organization(Options *options, const char *value)
{
        options->organization = value;
        return 0;
}

static int set_door(Options *options, const char *value)
{
        options->door = value;
        return 0;
}

static int set_saved(Options *options, const char *value)
{
        options->saved = value;
        return 0;
}

static int set_owner(Options *options, const char *value)
{
        options->owner = value;
        return 0;
}

static int set_unix_group(Options *options, const char *value)
{
        if (options->unix_group_count == OPTION_UNIX_GROUPS_MAX)
                return -1;
        options->unix_groups[options->unix_group_count++] = value;
        return 0;
}

static int set_timeout(Options *options, const char *value)
{
        uint64_t timeout_ms;
        int r = number_parse(text_from(value), TIMEOUT_MAX_MS, &timeout_ms);
        if (r < 0 || timeout_ms == 0)
                return -1;
        options->timeout_ms = (unsigned)timeout_ms;
        return 0;
}

static const struct OptionRow {
        OptionBit bit;
        const char *name;
        const char *value; /* NULL: takes none */
        const char *help;
        int (*set)(Options *options, const char *value);
        bool repeatable;
} rows[] = {
        { OPTION_POLICY, "policy", "DIR",
          "policy directory (default " DOORWARD_POLICY_DIRECTORY ")", set_policy, false },
        { OPTION_ROLES, "roles", "DIR",
          "vendor role catalogues (default " DOORWARD_ROLES_DIRECTORY ")", set_roles, false },
        { OPTION_STATE, "state", "DIR", "state folder whose live state counts too", set_state,
          false },
        { OPTION_AT, "at", "TIME", "decide as at this time, e.g. 2026-06-01T09:00:00Z", set_at,
          false },
        { OPTION_UNIX_GROUP, "unix-group", "GROUP",
          "decide as if the user were in this Unix group (may be repeated, 64 times at most)",
          set_unix_group, true },
        { OPTION_BATCH, "batch", "FILE", "one query a line; - is standard input", set_batch,
          false },
        { OPTION_VIA, "via", NULL, "show the deciding grant of each line", NULL, false },
        { OPTION_LIVE, "live", NULL, "ask the daemon instead", NULL, false },
        { OPTION_SOCKET, "socket", "PATH", "the daemon's socket (default " DOORWARD_SOCKET ")",
          set_socket, false },
        { OPTION_TIMEOUT, "timeout", "MILLISECONDS",
          "wait at most this long for the daemon, 1 to 3600000", set_timeout, false },
        { OPTION_REASON, "reason", "TEXT", "why, for the record; root needs one, as break-glass",
          set_reason, false },
        { OPTION_FROM, "from", "TIME", "it begins then, e.g. 2026-06-01T09:00:00Z", set_from,
          false },
        { OPTION_UNTIL, "until", "TIME", "it ends then, e.g. 2026-07-01T00:00:00Z", set_until,
          false },
        { OPTION_FOR, "for", "DURATION", "it lasts so long, e.g. 30s, 10m, 2h or 1d", set_for,
          false },
        { OPTION_CLEAR, "clear", NULL, "take the dates away", NULL, false },
        { OPTION_END_SESSIONS, "end-sessions", NULL, "end the open sessions on this host too", NULL,
          false },
        { OPTION_ROLE, "role", "ROLE[@SITEPATH]",
          "a role to have afterwards (may be repeated, 16 times at most)", set_role, true },
        { OPTION_DRY_RUN, "dry-run", NULL, "say what would be, and change nothing", NULL, false },
        { OPTION_SKIP_TESTS, "skip-tests", NULL,
          "activate without running the policy tests (root, in an emergency; recorded)", NULL,
          false },
        { OPTION_FOLLOW, "follow", NULL, "go on printing what happens", NULL, false },
        { OPTION_USER, "user", "NAME", "the user that it is about", set_user, false },
        { OPTION_RESOURCE, "resource", "RESOURCE", "the resource that it is about", set_resource,
          false },
        { OPTION_DENIED, "denied", NULL, "only denials", NULL, false },
        { OPTION_WOULD_DENY, "would-deny", NULL,
          "only what observing let pass and enforcing denies", NULL, false },
        { OPTION_SINCE, "since", "TIME", "only events from this time on, e.g. 2026-06-01T09:00:00Z",
          set_since, false },
        { OPTION_PAM_DIRECTORY, "pam-directory", "DIR", "PAM services (default /etc/pam.d)",
          set_pam_directory, false },
        { OPTION_MATRIX, "matrix", NULL, "every permission and which role gives it", NULL, false },
        { OPTION_FORMAT, "format", "FORMAT",
          "how to print: text, csv, of a matrix markdown, of a report json", set_format, false },
        { OPTION_ORGANIZATION, "organization", "NAME",
          "as this organization has made it: its own and customized roles", set_organization,
          false },
        { OPTION_DOOR, "door", "DOOR", "only events at this door, e.g. door:acme/HQ/D1", set_door,
          false },
        { OPTION_SAVED, "saved", "NAME", "the report saved under this name", set_saved, false },
        { OPTION_OWNER, "owner", "USER", "who has saved it; without: you", set_owner, false },
        { OPTION_ALL, "all", NULL, "also reports of others that you may see", NULL, false },
        { OPTION_NO_WAIT, "no-wait", NULL, "do not wait for what the door's gateway reports", NULL,
          false },
        { OPTION_JSON, "json", NULL, "print JSON", NULL, false },
};

#define ROW_COUNT   (sizeof(rows) / sizeof(*rows))
#define HELP_RESULT ((int)ROW_COUNT + 1)

/* Takes one option that getopt_long() found. */
static int take(const char *command, uint64_t accepted, int row_index, Options *options)
{
        const struct OptionRow *row = &rows[row_index];
        if (!(accepted & row->bit)) {
                complain(command, "takes no option --%s", row->name);
                return EXIT_USAGE;
        }
        if ((options->given & row->bit) && !row->repeatable) {
                complain(command, "option --%s is given twice", row->name);
                return EXIT_USAGE;
        }
        options->given |= row->bit;
        if (row->value && *optarg == '\0') {
                complain(command, "the value of --%s is empty", row->name);
                return EXIT_USAGE;
        }
        if (row->set && row->set(options, optarg) != 0) {
                complain(command, "'%s' is no value of --%s: %s", optarg, row->name, row->help);
                return EXIT_USAGE;
        }
        return 0;
}

/* An option that getopt_long() refused. */
static int refuse(const char *command, int result, const char *argument)
{
        bool is_long = strncmp(argument, "--", 2) == 0;
        if (result == ':')
                complain(command, "a value is missing after %s", argument);
        else if (is_long && optopt > 0 && optopt <= HELP_RESULT)
                complain(command, "%.*s takes no value", (int)strcspn(argument, "="), argument);
        else
                complain(command, "unknown option %s", argument);
        return EXIT_USAGE;
}

/* An abbreviation that is clear today may be ambiguous tomorrow: names are written in full. */
static bool is_abbreviated(const char *argument, const char *name)
{
        size_t size = strcspn(argument + 2, "=");
        return size != strlen(name);
}

static void table_fill(struct option longs[static ROW_COUNT + 2])
{
        for (size_t i = 0; i < ROW_COUNT; i++)
                longs[i] = (struct option){ rows[i].name,
                                            rows[i].value ? required_argument : no_argument, NULL,
                                            (int)i + 1 };
        longs[ROW_COUNT] = (struct option){ "help", no_argument, NULL, HELP_RESULT };
        longs[ROW_COUNT + 1] = (struct option){ 0 };
}

/* Reads options from argv[1] on, up to the first word that is none.
 * Return: 0, that word's index and whether "--" stands before it, or EXIT_USAGE. */
static int read_options(const char *command, uint64_t accepted, int argc, char **argv,
                        Options *options, int *ret_next, bool *ret_closed)
{
        struct option longs[ROW_COUNT + 2];
        table_fill(longs);
        optind = 0; /* glibc: begin anew */
        opterr = 0;
        for (;;) {
                int before = optind > 0 ? optind : 1, r = 0;
                int result = getopt_long(argc, argv, "+:", longs, NULL);
                if (result == -1) {
                        *ret_next = optind;
                        *ret_closed = optind > before;
                        return 0;
                }
                if (result == ':' || result == '?')
                        return refuse(command, result, argv[before]);
                if (is_abbreviated(argv[before], longs[result - 1].name))
                        return refuse(command, 0, argv[before]);
                if (result == HELP_RESULT)
                        options->help = true;
                else
                        r = take(command, accepted, result - 1, options);
                if (r != 0)
                        return r;
        }
}

/* Says whether word `index` stands behind "customize ROLE": of the command, or in a question. */
static bool is_customization(const char *command, char *const *words, int index)
{
        if (strcmp(command, "customize") == 0)
                return index == 1;
        return index == 3 && strcmp(words[1], "customize") == 0;
}

/* The words end where an option begins; the word after "customize ROLE" never is one. */
static int count_words(const char *command, int argc, char **argv, int first)
{
        int count = 0;
        while (first + count < argc) {
                const char *word = argv[first + count];
                if (word[0] == '-' && word[1] != '\0' &&
                    !is_customization(command, argv + first, count))
                        break;
                count++;
        }
        return count;
}

/* Reads the options behind the words, the first of them at `behind`. */
static int read_options_behind(const char *command, uint64_t accepted, int argc, char **argv,
                               int behind, Options *options)
{
        if (behind >= argc)
                return 0;
        /* argv[behind - 1] stands in for a program's name */
        int rest = argc - behind + 1, end;
        bool closed;
        int r = read_options(command, accepted, rest, argv + behind - 1, options, &end, &closed);
        if (r != 0 || end == rest)
                return r;
        complain(command, "'%s' follows an option: options stand before or after all arguments",
                 argv[behind - 1 + end]);
        return EXIT_USAGE;
}

/* Options that would have no effect are refused, never ignored. */
static int check_together(const char *command, uint64_t accepted, int argc, const Options *options)
{
        uint64_t given = options->given;
        if (options->help && argc > 2) {
                /* nobody's word may turn a question into a success */
                complain(command, "--help stands alone");
                return EXIT_USAGE;
        }
        if ((accepted & OPTION_LIVE) && !(given & OPTION_LIVE) &&
            (given & (OPTION_SOCKET | OPTION_TIMEOUT))) {
                complain(command, "--socket and --timeout need --live");
                return EXIT_USAGE;
        }
        return 0;
}

int options_read(const char *command, uint64_t accepted, int argc, char **argv,
                 Options *ret_options)
{
        Options options = {
                .policy = DOORWARD_POLICY_DIRECTORY,
                .roles = DOORWARD_ROLES_DIRECTORY,
                .at_s = timestamp_now(),
                .since_s = TIMESTAMP_MIN,
                .from_s = TIMESTAMP_MIN,
                .until_s = TIMESTAMP_MAX,
                .pam_directory = "/etc/pam.d",
                .timeout_ms = TIMEOUT_DEFAULT_MS,
        };
        int next;
        bool closed;
        int r = read_options(command, accepted, argc, argv, &options, &next, &closed);
        if (r != 0)
                return r;
        options.words = argv + next;
        options.word_count = closed ? argc - next : count_words(command, argc, argv, next);
        r = read_options_behind(command, accepted, argc, argv, next + options.word_count, &options);
        if (r == 0)
                r = check_together(command, accepted, argc, &options);
        if (r == 0)
                *ret_options = options;
        return r;
}

void options_print_help(uint64_t accepted)
{
        for (size_t i = 0; i < ROW_COUNT; i++) {
                if (!(accepted & rows[i].bit))
                        continue;
                char left[64];
                snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, rows[i].value ? " " : "",
                         rows[i].value ? rows[i].value : "");
                printf("  %-24s %s\n", left, rows[i].help);
        }
        printf("  %-24s %s\n", "--help", "print this");
}
