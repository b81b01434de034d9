/* SPDX-License-Identifier: MIT */
/*
 * Unlocks a door as the person who runs this, and says what came of it.
 *
 *     cc -o unlock unlock.c -ldoorward
 *     ./unlock [-s SOCKET] DOOR [REASON]            ./unlock door:acme/HQ/front
 *
 * REASON is for root only, whose unlock is break-glass. Exit status: 0 allowed, 1 denied, 3
 * neither.
 */
#include <doorward/doorward.h>

#include <stdio.h>
#include <string.h>

enum { EXIT_ALLOWED = 0, EXIT_DENIED = 1, EXIT_FAILED = 3 };

/* What an answer says. Anything but DOORWARD_ALLOW keeps the door shut. */
static int tell(const char *door, const doorward_answer *answer)
{
        if (doorward_answer_outcome(answer) == DOORWARD_ALLOW) {
                /* The command is on its way to the gateway that serves the door, if there is one.
                 */
                printf("%s opens for %u seconds (command %s, gateway %s)\n", door,
                       (unsigned)doorward_answer_release_seconds(answer),
                       doorward_answer_decision_id(answer),
                       *doorward_answer_gateway(answer) ? doorward_answer_gateway(answer) : "none");
                return EXIT_ALLOWED;
        }
        printf("%s stays shut: %s (%s)\n", door, doorward_answer_detail(answer),
               doorward_answer_reason(answer));
        return doorward_answer_outcome(answer) == DOORWARD_DENY ? EXIT_DENIED : EXIT_FAILED;
}

static int unlock(doorward *connection, const char *door, const char *reason)
{
        doorward_answer *answer = NULL;
        int status = EXIT_FAILED;
        int error = doorward_unlock(connection, door, reason, &answer);
        if (error == 0)
                status = tell(door, answer);
        else if (error == -DOORWARD_ERROR_REFUSED) /* the only error that comes with an answer */
                fprintf(stderr, "refused: %s (%s)\n", doorward_answer_message(answer),
                        doorward_answer_reason(answer));
        else
                fprintf(stderr, "%s\n", doorward_strerror(error));
        doorward_answer_free(answer);
        return status;
}

int main(int argc, char **argv)
{
        doorward *connection = NULL;
        const char *socket_path = NULL; /* NULL: where doorwardd listens by default */
        int first = 1;
        if (argc > 2 && strcmp(argv[1], "-s") == 0) {
                socket_path = argv[2];
                first = 3;
        }
        if (argc - first < 1 || argc - first > 2) {
                fprintf(stderr, "usage: %s [-s SOCKET] DOOR [REASON]\n", argv[0]);
                return EXIT_FAILED;
        }
        int error = doorward_new(&connection, socket_path);
        if (error != 0) {
                fprintf(stderr, "%s\n", doorward_strerror(error));
                return EXIT_FAILED;
        }
        /* Wait for five seconds in all, whatever happens. */
        doorward_set_timeout(connection, 5000);
        int status = unlock(connection, argv[first], argv[first + 1]); /* NULL behind the last */
        doorward_free(connection);
        return status;
}
