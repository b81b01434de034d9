/* SPDX-License-Identifier: MIT */
/*
 * The text of PAM service files
 *
 * Lines, words and controls exactly as libpam 1.5 reads them, its oddities included: what an
 * administrator meant does not count, what libpam makes of it does. Nothing here opens a file.
 * Sources: pam.conf(5), and libpam itself, with which tests/unit/cli/test_pam_libpam.c compares.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <security/pam_appl.h>
#include <security/pam_modules.h>

/* libpam reads lines into 1024 bytes, a NUL included, and takes the rest for a line of its own. */
#define PAM_LINE_BYTES_MAX 1023

/* Actions are <= 0; a positive one is a jump over that many lines. */
enum PamAction {
        PAM_ACTION_IGNORE = 0,
        PAM_ACTION_OK = -1,
        PAM_ACTION_DONE = -2,
        PAM_ACTION_BAD = -3,
        PAM_ACTION_DIE = -4,
        PAM_ACTION_RESET = -5,
};

/* An action for every code that a module may return (0 to _PAM_RETURN_VALUES - 1). */
typedef struct PamControl {
        int actions[_PAM_RETURN_VALUES];
} PamControl;

/* Where a reader stands in a file's bytes, which it borrows. */
typedef struct PamText {
        const char *data;
        size_t size;
        size_t offset;
        unsigned line; /* physical lines read so far */
} PamText;

/* What pam_text_next_line() met instead of a line. */
enum PamTextEnd {
        PAM_TEXT_END = 1,        /* no further line */
        PAM_TEXT_TOO_LONG = 2,   /* more than PAM_LINE_BYTES_MAX bytes */
        PAM_TEXT_UNFINISHED = 3, /* the file ends where a backslash promises more */
};

/*
 * Reads the next line that is not empty: comments cut off, continued lines joined. buffer has
 * PAM_LINE_BYTES_MAX + 1 bytes and gets the line with a NUL.
 * Return: 0 and the number of its first physical line, or a PamTextEnd (and the number of the
 * physical line, but for PAM_TEXT_END).
 */
int pam_text_next_line(PamText *text, char *buffer, unsigned *ret_line);

/*
 * Cuts the next word off a line: up to a blank, or all between brackets, which are taken off ("\]"
 * stands for a bracket inside). Changes the line; *position is NULL when nothing is left.
 * Return: the word, inside the line, or NULL when there is none.
 */
char *pam_text_next_word(char **position);

/*
 * Reads a control: required, requisite, sufficient, optional (in any case) or the inside of
 * [value=action ...].
 * Return: true; false when it cannot be read, and then, as in libpam, every code is bad.
 */
bool pam_text_read_control(const char *word, PamControl *ret_control);

/* Sets every action. */
void pam_text_fill_control(PamControl *control, int action);

/* The name of a code in a control, e.g. "user_unknown". code is 0 to _PAM_RETURN_VALUES - 1. */
const char *pam_text_return_name(int code);
