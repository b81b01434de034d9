/* SPDX-License-Identifier: MIT */
/*
 * Unlocks a door again and again from several processes and writes down what was acknowledged.
 *
 * usage: load_client SOCKET PROCESSES DOOR [REASON]
 *
 * Each process prints the decision id of every allow, one a line, in one write(2), before it asks
 * again, and ends at the first question that gets no answer. Exit status 0 when each of them had
 * at least one allow, 1 otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doorward/doorward.h>

#define PROCESSES_MAX    64
#define LIFETIME_SECONDS 60

/* Return: whether the question was answered with an allow. */
static int client_unlock_once(const char *socket, const char *door, const char *why)
{
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        char line[80];
        int allowed = 0;
        int size;

        if (doorward_new(&connection, socket) < 0)
                return 0;
        if (doorward_unlock(connection, door, why, &answer) == 0 &&
            doorward_answer_outcome(answer) == DOORWARD_ALLOW) {
                size = snprintf(line, sizeof(line), "%s\n", doorward_answer_decision_id(answer));
                allowed = write(STDOUT_FILENO, line, (size_t)size) == size;
        }
        doorward_answer_free(answer);
        doorward_free(connection);
        return allowed;
}

static int client_process(const char *socket, const char *door, const char *why)
{
        int count = 0;

        alarm(LIFETIME_SECONDS);
        while (client_unlock_once(socket, door, why))
                count++;
        return count > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
        long processes = argc >= 4 ? strtol(argv[2], NULL, 10) : 0;
        int result = 0;
        int status;

        if (processes < 1 || processes > PROCESSES_MAX)
                return 2;
        for (long i = 0; i < processes; i++)
                if (fork() == 0)
                        _exit(client_process(argv[1], argv[3], argc > 4 ? argv[4] : NULL));
        while (wait(&status) > 0)
                if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                        result = 1;
        return result;
}
