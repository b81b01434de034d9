/* SPDX-License-Identifier: MIT */
/*
 * A PAM application for tests and demonstrations.
 *
 * It reads service files from a folder of the caller's choice (pam_start_confdir), so that it
 * needs neither root nor an entry in /etc/pam.d, runs the phases named on the command line in one
 * handle and prints one line each: `PHASE CODE-NAME`. Texts that modules show become lines
 * `info: TEXT` and `error: TEXT` before it; with --log also what they would write to the system
 * log (`log: TEXT`). The phases hold and hold_on are sessions that go on for a while. With
 * --descriptors it fails when a phase leaves the process with other open descriptors than before.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "pam_code_names.h"
#include "pam_host_log.h"

#define VALUE_SIZE_MAX ((size_t)4 << 20)

enum { EXIT_SUCCESS_ALL = 0, EXIT_NOT_SUCCESS = 1, EXIT_USAGE = 2, EXIT_TROUBLE = 3 };

/* What --environment and --item give, in the order of the command line. */
typedef struct Setting {
        int item; /* a PAM item, or 0 for the PAM environment */
        char *value;
} Setting;

typedef struct Host {
        const char *directory;
        const char *service;
        char *user;
        Setting settings[32];
        size_t n_settings;
        int flags;
        bool show_environment;
        bool watch_descriptors;
        bool stop;
} Host;

/* No phase of PAM: somebody is in, for a minute at most. */
static int hold(pam_handle_t *handle, int flags)
{
        (void)fflush(stdout);
        (void)sleep(60);
        return PAM_SUCCESS;
}

/* … and does not leave when he is asked to. */
static int hold_on(pam_handle_t *handle, int flags)
{
        (void)signal(SIGTERM, SIG_IGN);
        return hold(handle, flags);
}

static const struct {
        const char *name;
        int (*run)(pam_handle_t *handle, int flags);
} PHASES[] = {
        { "authenticate", pam_authenticate },
        { "setcred", pam_setcred },
        { "acct_mgmt", pam_acct_mgmt },
        { "open_session", pam_open_session },
        { "close_session", pam_close_session },
        { "chauthtok", pam_chauthtok },
        { "hold", hold },
        { "hold_on", hold_on },
};

static const struct option OPTIONS[] = {
        { "confdir", required_argument, NULL, 'c' },
        { "service", required_argument, NULL, 's' },
        { "user", required_argument, NULL, 'u' },
        { "rhost", required_argument, NULL, PAM_RHOST },
        { "ruser", required_argument, NULL, PAM_RUSER },
        { "tty", required_argument, NULL, PAM_TTY },
        { "environment", required_argument, NULL, 'e' },
        { "silent", no_argument, NULL, 'q' },
        { "show-environment", no_argument, NULL, 'E' },
        { "log", no_argument, NULL, 'l' },
        { "stop", no_argument, NULL, 'S' },
        { "descriptors", no_argument, NULL, 'd' },
        { NULL, 0, NULL, 0 },
};

static const char USAGE[] =
        "usage: pam_host --confdir DIR --service NAME --user NAME [--rhost TEXT] [--ruser TEXT]\n"
        "                [--tty TEXT] [--environment NAME=VALUE]... [--silent] [--log]\n"
        "                [--descriptors] [--stop] [--show-environment] PHASE...\n"
        "--stop: no further phase once one has failed.\n"
        "A value '@FILE' is read from a file: the command line has no room for 1 MiB.\n"
        "Phases: authenticate setcred acct_mgmt open_session close_session chauthtok fork\n"
        "        ('fork' goes on in a child, as sshd does)\n";

/* Returns the value as given, or the contents of FILE for "@FILE"; owned by the caller. */
static char *host_value(const char *text)
{
        char *value;
        size_t size;
        FILE *file;

        if (text[0] != '@')
                return strdup(text);
        value = calloc(1, VALUE_SIZE_MAX + 1);
        file = fopen(text + 1, "re");
        if (!value || !file) {
                free(value);
                if (file)
                        fclose(file);
                return NULL;
        }
        size = fread(value, 1, VALUE_SIZE_MAX, file);
        value[size] = '\0';
        fclose(file);
        return value;
}

static int host_converse(int n, const struct pam_message **messages,
                         struct pam_response **responses, void *data)
{
        struct pam_response *answers = calloc((size_t)n, sizeof(*answers));

        (void)data;
        if (!answers)
                return PAM_BUF_ERR;
        for (int i = 0; i < n; i++) {
                int style = messages[i]->msg_style;

                if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG)
                        printf("%s: %s\n", style == PAM_TEXT_INFO ? "info" : "error",
                               messages[i]->msg);
                else
                        answers[i].resp = strdup("");
        }
        *responses = answers;
        return PAM_SUCCESS;
}

/* A number that changes when descriptors are opened or closed: their count and their sum. */
static unsigned long host_descriptors(void)
{
        unsigned long mark = 0;
        struct dirent *entry;
        DIR *folder = opendir("/proc/self/fd");

        if (!folder)
                return 0;
        while ((entry = readdir(folder)))
                if (entry->d_name[0] != '.')
                        mark += 100000 + strtoul(entry->d_name, NULL, 10);
        closedir(folder);
        return mark;
}

/* Goes on in a child and ends the parent with the child's exit status. */
static void host_fork(void)
{
        int status = 0;
        pid_t child;

        fflush(NULL);
        child = fork();
        if (child == 0)
                return;
        if (child < 0 || waitpid(child, &status, 0) < 0)
                _exit(EXIT_TROUBLE);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE);
}

/* Return: a PAM code, or -1 for an unknown phase. */
static int host_run_phase(pam_handle_t *handle, const char *name, int flags)
{
        for (size_t i = 0; i < sizeof(PHASES) / sizeof(PHASES[0]); i++) {
                if (strcmp(PHASES[i].name, name) != 0)
                        continue;
                if (PHASES[i].run == pam_setcred)
                        flags |= PAM_ESTABLISH_CRED;
                return PHASES[i].run(handle, flags);
        }
        return -1;
}

static int host_run(const Host *host, pam_handle_t *handle, char **phases)
{
        int result = EXIT_SUCCESS_ALL;

        for (; *phases; phases++) {
                unsigned long before = host_descriptors();
                int code;

                if (strcmp(*phases, "fork") == 0) {
                        host_fork();
                        continue;
                }
                code = host_run_phase(handle, *phases, host->flags);
                if (code < 0) {
                        fputs(USAGE, stderr);
                        return EXIT_USAGE;
                }
                printf("%s %s\n", *phases, pam_code_name(code));
                if (host->watch_descriptors && host_descriptors() != before) {
                        printf("%s left other descriptors open than before\n", *phases);
                        return EXIT_TROUBLE;
                }
                if (code == PAM_SUCCESS)
                        continue;
                result = EXIT_NOT_SUCCESS;
                if (host->stop)
                        break;
        }
        return result;
}

static int host_apply_settings(const Host *host, pam_handle_t *handle)
{
        for (size_t i = 0; i < host->n_settings; i++) {
                const Setting *setting = &host->settings[i];
                int r = setting->item ? pam_set_item(handle, setting->item, setting->value)
                                      : pam_putenv(handle, setting->value);

                if (r != PAM_SUCCESS)
                        return r;
        }
        return PAM_SUCCESS;
}

static bool host_parse(Host *host, int argc, char **argv)
{
        int option;

        while ((option = getopt_long(argc, argv, "+", OPTIONS, NULL)) != -1) {
                switch (option) {
                case 'c':
                        host->directory = optarg;
                        break;
                case 's':
                        host->service = optarg;
                        break;
                case 'u':
                        free(host->user);
                        host->user = host_value(optarg);
                        break;
                case 'q':
                        host->flags |= PAM_SILENT;
                        break;
                case 'E':
                        host->show_environment = true;
                        break;
                case 'l':
                        pam_host_log_show(true);
                        break;
                case 'S':
                        host->stop = true;
                        break;
                case 'd':
                        host->watch_descriptors = true;
                        break;
                case '?':
                        return false;
                default:
                        if (host->n_settings == sizeof(host->settings) / sizeof(host->settings[0]))
                                return false;
                        host->settings[host->n_settings++] = (Setting){
                                .item = option == 'e' ? 0 : option,
                                .value = host_value(optarg),
                        };
                }
        }
        return host->directory && host->service && host->user && argv[optind];
}

static int host_session(const Host *host, char **phases)
{
        struct pam_conv conversation = { .conv = host_converse };
        pam_handle_t *handle = NULL;
        int result;
        int r;

        r = pam_start_confdir(host->service, host->user, &conversation, host->directory, &handle);
        if (r == PAM_SUCCESS)
                r = host_apply_settings(host, handle);
        if (r != PAM_SUCCESS) {
                printf("start %s\n", pam_code_name(r));
                return EXIT_TROUBLE;
        }
        result = host_run(host, handle, phases);
        if (host->show_environment) {
                char **environment = pam_getenvlist(handle);

                for (char **entry = environment; entry && *entry; entry++) {
                        printf("environment: %s\n", *entry);
                        free(*entry);
                }
                free(environment);
        }
        pam_end(handle, PAM_SUCCESS);
        return result;
}

int main(int argc, char **argv)
{
        Host host = { 0 };
        int result = EXIT_USAGE;

        if (host_parse(&host, argc, argv))
                result = host_session(&host, argv + optind);
        else
                fputs(USAGE, stderr);

        free(host.user);
        for (size_t i = 0; i < host.n_settings; i++)
                free(host.settings[i].value);
        return result;
}
