/* SPDX-License-Identifier: MIT */
/* Take answer: what a TAKE is told, as records: the time, commands, and how its doors are to be
 * held. */
#pragma once

#include "daemon/take.h"

/* Finds out what a gateway that knows everything about its doors knows: a token that differs when
 * any of them is to be held in another way. */
void take_token(const Take *take, char token[static TAKE_TOKEN_SIZE]);

/*
 * Tells everything there is, and ends. A command is handed over when its record was sent; one that
 * could not be sent is left to be given. token: take_token().
 * Return: 0; negative: the connection is broken.
 */
int take_answer(const Take *take, const char *token);
