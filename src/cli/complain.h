/* SPDX-License-Identifier: MIT */
/* Complain: one way to say on standard error what went wrong. */
#pragma once

/*
 * Prints "doorward COMMAND: TEXT" on standard error (command NULL: "doorward: TEXT"): always one
 * line, of at most some 4000 bytes, in which control characters of arguments are shown as \xNN.
 */
void complain(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
