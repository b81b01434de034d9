/* SPDX-License-Identifier: MIT */
/* From what the daemon says to what PAM is told: the one table. */
#pragma once

#include <stdint.h>

#include "util/text.h"

/* The PAM code of an answer: its outcome (any number) and its reason's code. */
int result_from_answer(uint32_t outcome, Text reason);
