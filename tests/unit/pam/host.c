/* SPDX-License-Identifier: MIT */
/*
 * Host
 *
 * pam_syslog() is defined here once more; the module finds this one first, since a program's own
 * symbols come before those of its libraries.
 */
#include "host.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_ext.h>

#define IGNORED PAM_CRED_EXPIRED /* what the stack makes of PAM_IGNORE */

#define MUST(condition)                                                                            \
        do {                                                                                       \
                if (!(condition)) {                                                                \
                        perror(#condition);                                                        \
                        abort();                                                                   \
                }                                                                                  \
        } while (0)

char host_log[HOST_TEXT_SIZE];
bool host_log_off;

static void add_line(char text[static HOST_TEXT_SIZE], const char *line)
{
        size_t used = strlen(text);
        snprintf(text + used, HOST_TEXT_SIZE - used, "%s\n", line);
}

__attribute__((visibility("default"), format(printf, 3, 4))) void
pam_syslog(const pam_handle_t *handle, int priority, const char *format, ...)
{
        char text[2048], line[2100];
        va_list arguments;
        if (host_log_off)
                return;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        snprintf(line, sizeof(line), "%d %s", priority, text);
        add_line(host_log, line);
}

void host_forget(Host *host)
{
        host_log[0] = '\0';
        host->shown[0] = '\0';
}

/* libpam reads "other" for every service that has no file: one stack serves all names. */
static void service_path(const Host *host, char path[static 80])
{
        snprintf(path, 80, "%s/other", host->folder);
}

void host_prepare(Host *host)
{
        *host = (Host){ .folder = "/tmp/doorward-host-XXXXXX" };
        MUST(mkdtemp(host->folder));
        host_forget(host);
}

void host_clean(Host *host)
{
        char path[80];
        service_path(host, path);
        unlink(path);
        MUST(rmdir(host->folder) == 0);
}

void host_stack(Host *host, const char *arguments)
{
        static const char *const LINES[][2] = {
                { "auth", "auth=cred_expired cred=cred_expired" },
                { "account", "acct=cred_expired" },
                { "session", "open_session=cred_expired close_session=cred_expired" },
        };
        char path[80];
        service_path(host, path);
        FILE *file = fopen(path, "we");
        MUST(file);
        for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
                fprintf(file, "%s [success=done ignore=ignore default=die] %s %s\n", LINES[i][0],
                        PAM_DOORWARD, arguments);
                fprintf(file, "%s required pam_debug.so %s\n", LINES[i][0], LINES[i][1]);
        }
        MUST(fclose(file) == 0);
        host_forget(host);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
        Host *host = data;
        *responses = calloc((size_t)count, sizeof(**responses));
        MUST(*responses);
        for (int i = 0; i < count; i++)
                if (!host_log_off && !strstr(messages[i]->msg, "=cred_expired")) /* pam_debug */
                        add_line(host->shown, messages[i]->msg);
        return PAM_SUCCESS;
}

pam_handle_t *host_start(Host *host, const char *user)
{
        struct pam_conv conversation = { converse, host };
        pam_handle_t *handle = NULL;
        MUST(pam_start_confdir("demo", user, &conversation, host->folder, &handle) == PAM_SUCCESS);
        return handle;
}

static int code_of(int code)
{
        return code == IGNORED ? PAM_IGNORE : code;
}

int host_account(pam_handle_t *handle, int flags)
{
        return code_of(pam_acct_mgmt(handle, flags));
}

int host_open(pam_handle_t *handle, int flags)
{
        return code_of(pam_open_session(handle, flags));
}

int host_close(pam_handle_t *handle, int flags)
{
        return code_of(pam_close_session(handle, flags));
}

int host_account_once(Host *host, const char *user)
{
        pam_handle_t *handle = host_start(host, user);
        int code = host_account(handle, 0);
        pam_end(handle, code);
        return code;
}
