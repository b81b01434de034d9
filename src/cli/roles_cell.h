/* SPDX-License-Identifier: MIT */
/*
 * Roles: cell
 *
 * Under which conditions a role gives a permission, as one text: for people, or as an expression
 * that programs read. What included roles give counts.
 */
#pragma once

#include "policy/image.h"

typedef enum CellStyle {
        CELL_WORDS,      /* "allow", "if the schedule exists" */
        CELL_EXPRESSION, /* "allow", "allow-if:CONDITION;CONDITION|CONDITION": any of the
                          * alternatives divided by |, in which all conditions must hold; also:ROLE
                          * is one */
} CellStyle;

/* The cell of a role and a permission, both by their index. Alternatives come in the order in which
 * they stand in the catalogue. Return: owned by the caller, "" when the role does not give the
 * permission; NULL without memory. */
char *roles_cell_text(const Image *image, uint32_t role, uint32_t permission, CellStyle style);

/* A condition in a few words, such as "the schedule exists". Static; NULL outside the list. */
const char *roles_condition_words(unsigned bit);
