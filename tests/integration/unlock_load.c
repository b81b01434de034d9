/* SPDX-License-Identifier: MIT */
/*
 * Unlocks doors from several processes, through whatever happens to the daemon meanwhile, until so
 * many are acknowledged, and writes down every answer.
 *
 * usage: unlock_load SOCKET COUNT SECONDS PAUSE_MS UID DOOR [UID DOOR]...
 *
 * Each process has one person's uid and unlocks one door, with a pause after each. It prints, in
 * one write(2) each,
 *
 *     ack ID DOOR NOT_AFTER        an allow
 *     not REASON DOOR              any other decision, or a refusal
 *     lost ERROR DOOR              no answer: what became of it is not known
 *
 * Exit status 0 when COUNT were acknowledged in time, 1 otherwise, 2 for wrong arguments.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <doorward/doorward.h>

#define TIMEOUT_MS 3000

static void say(const char *line, int size)
{
        if (write(STDOUT_FILENO, line, (size_t)size) != size)
                _exit(1);
}

/* Return: whether it was acknowledged. */
static int unlock_once(doorward *connection, const char *door)
{
        doorward_answer *answer = NULL;
        int r = doorward_unlock(connection, door, NULL, &answer);
        int allowed = r == 0 && doorward_answer_outcome(answer) == DOORWARD_ALLOW, size;
        char line[256];
        if (allowed)
                size = snprintf(line, sizeof(line), "ack %s %s %lld\n",
                                doorward_answer_decision_id(answer), door,
                                (long long)doorward_answer_not_after(answer));
        else if (r == 0 || r == -DOORWARD_ERROR_REFUSED)
                size = snprintf(line, sizeof(line), "not %s %s\n", doorward_answer_reason(answer),
                                door);
        else
                size = snprintf(line, sizeof(line), "lost %d %s\n", -r, door);
        say(line, size);
        doorward_answer_free(answer);
        return allowed;
}

static int work(const char *socket, long pause_ms, uid_t uid, const char *door, atomic_long *left,
                time_t until)
{
        const struct timespec pause = { pause_ms / 1000, pause_ms % 1000 * 1000000 };
        doorward *connection = NULL;
        if (setgid(uid) < 0 || setuid(uid) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0 ||
            doorward_new(&connection, socket) < 0 ||
            doorward_set_timeout(connection, TIMEOUT_MS) < 0)
                return 1;
        while (atomic_load(left) > 0 && time(NULL) < until) {
                if (unlock_once(connection, door))
                        atomic_fetch_sub(left, 1);
                (void)nanosleep(&pause, NULL);
        }
        doorward_free(connection);
        return 0;
}

int main(int argc, char **argv)
{
        int failed = 0, status;
        if (argc < 7 || argc % 2 == 0)
                return 2;
        atomic_long *left = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (left == MAP_FAILED)
                return 1;
        atomic_init(left, strtol(argv[2], NULL, 10));
        time_t until = time(NULL) + strtol(argv[3], NULL, 10);
        for (int i = 5; i < argc; i += 2) {
                pid_t child = fork();
                if (child < 0)
                        return 1;
                if (child == 0)
                        return work(argv[1], strtol(argv[4], NULL, 10),
                                    (uid_t)strtoul(argv[i], NULL, 10), argv[i + 1], left, until);
        }
        while (wait(&status) > 0)
                failed |= status != 0;
        return failed || atomic_load(left) > 0;
}
