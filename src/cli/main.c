/* SPDX-License-Identifier: MIT */
/*
 * doorward: the command line
 *
 * Finds the command, reads its options, runs it. Commands that decide offline use the very engine
 * of the daemon; live ones ask the daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "doorward-config.h"

static const Command *const commands[] = {
        &command_check,    &command_explain,  &command_validate, &command_who_can,
        &command_what_can, &command_test,     &command_roles,    &command_pam_check,
        &command_status,   &command_reload,   &command_unlock,   &command_grant,
        &command_revoke,   &command_migrate,  &command_member,   &command_customize,
        &command_enter,    &command_suspend,  &command_resume,   &command_dates,
        &command_door,     &command_lockdown, &command_sessions, &command_events,
        &command_report,   &command_state,    &command_clock,    &command_callers,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

/* Standard streams that are closed are filled with what cannot be read, or written, so that no file
 * or socket opened later takes their place and reading or writing them is an error still. */
static void close_gaps(void)
{
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
                if (fcntl(fd, F_GETFD) < 0)
                        (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void print_overview(void)
{
        puts("Usage: doorward COMMAND [ARGUMENT...] [OPTION...]\n\n"
             "Decides who may open a session or a door, and says why.\n\nCommands:");
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
        puts("\n`doorward COMMAND --help` says more; doorward(1) says all.");
}

static void print_help(const Command *command)
{
        printf("Usage: doorward %s%s%s [OPTION...]\n\n%s.\n", command->name,
               *command->arguments ? " " : "", command->arguments, command->summary);
        if (command->details)
                printf("\n%s", command->details);
        printf("\nOptions:\n");
        options_print_help(command->options);
}

static const Command *find_command(const char *name)
{
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                if (strcmp(commands[i]->name, name) == 0)
                        return commands[i];
        return NULL;
}

static int run_command(const Command *command, int argc, char **argv)
{
        Options options;
        int r = options_read(command->name, command->options, argc, argv, &options);
        if (r != 0)
                return r;
        if (options.help) {
                print_help(command);
                return EXIT_ALLOWED;
        }
        if (options.word_count < command->words_min ||
            (command->words_max >= 0 && options.word_count > command->words_max)) {
                complain(command->name, "usage: doorward %s%s%s [OPTION...]", command->name,
                         *command->arguments ? " " : "", command->arguments);
                return EXIT_USAGE;
        }
        return command->run(&options);
}

/* An answer that did not reach whoever reads it is not an answer. */
static int flush_output(int status)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        complain(NULL, "cannot write the output: %s", strerror(errno));
        return EXIT_UNABLE;
}

int main(int argc, char **argv)
{
        close_gaps();
        if (argc < 2) {
                complain(NULL, "which command? see doorward --help");
                return EXIT_USAGE;
        }
        if (strcmp(argv[1], "--help") == 0) {
                print_overview();
                return flush_output(EXIT_ALLOWED);
        }
        if (strcmp(argv[1], "--version") == 0) {
                printf("doorward %s\n", DOORWARD_VERSION);
                return flush_output(EXIT_ALLOWED);
        }
        const Command *command = find_command(argv[1]);
        if (!command) {
                complain(NULL, "unknown command '%s'; see doorward --help", argv[1]);
                return EXIT_USAGE;
        }
        return flush_output(run_command(command, argc - 1, argv + 1));
}
