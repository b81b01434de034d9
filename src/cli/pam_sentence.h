/* SPDX-License-Identifier: MIT */
/* Sentences about ways through a stack: who gets through, why, and what to write instead. */
#pragma once

#include "cli/pam_simulate.h"

/*
 * Says one way in a sentence. answers: bits of PamProblem.answers.
 * Return: the sentence, owned by the caller, or NULL without memory.
 */
char *pam_sentence_way(const PamService *service, PamPhase phase, const PamWay *way,
                       uint32_t answers);
