/* SPDX-License-Identifier: MIT */
/* Image format: how its records point at others, and at the text that they come from. */
#pragma once

#include <stdint.h>

#define IMAGE_NONE UINT32_MAX

typedef struct ImageRange {
        uint32_t first;
        uint32_t count;
} ImageRange;

typedef struct ImagePlace {
        uint32_t file; /* index into IMAGE_FILES */
        uint32_t line;
} ImagePlace;
