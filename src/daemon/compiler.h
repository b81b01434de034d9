/* SPDX-License-Identifier: MIT */
/* Compiler: the children that read the policy's text, so that nothing of libconfig ever runs in the
 * process that serves. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define COMPILER_MODE    "compile"
#define CHANGE_MODE      "change"
#define FINGERPRINT_MODE "fingerprint"

/* Descriptors of the compiling child. */
enum CompilerFd {
        COMPILER_FD_OUTPUT = 3, /* diagnostics, one a line */
        COMPILER_FD_IMAGE = 4,
        COMPILER_FD_CHANGES = 5, /* of a change: the list (change.h) */
};

enum CompilerStatus {
        COMPILER_DONE = 0,
        COMPILER_REFUSED = 1, /* the text has errors, or a test fails */
        COMPILER_FAILED = 2,  /* it could not be tried: no memory, no space */
};

typedef struct CompilerArguments {
        const char *policy, *roles, *assignments; /* folders */
        int64_t now_s;                            /* by the daemon's clock */
        bool skip_tests;
        bool has_changes;
} CompilerArguments;

/* Compiles, runs the policy's tests unless skip_tests, and writes the image. With changes, these
 * are applied first, and the managed assignments of the organizations that they touch written
 * beside the old ones, as NAME.conf.next. Return: exit status. */
int compiler_main(const CompilerArguments *arguments);

/* Prints the fingerprint of the text as 16 hexadecimal digits. Return: exit status. */
int compiler_fingerprint_main(const CompilerArguments *arguments);
