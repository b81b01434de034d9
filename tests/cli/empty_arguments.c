/* SPDX-License-Identifier: MIT */
/* Starts the program named as argument without any argument, not even its own name. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        static char *const nothing[] = { NULL };
        if (argc == 2)
                execve(argv[1], nothing, nothing);
        perror("execve");
        return 99;
}
