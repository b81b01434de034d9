/* SPDX-License-Identifier: MIT */
/* What every fuzz target defines: one input, run through one parser. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Return: 0. An input that breaks a promise ends in abort() or a sanitizer's report. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
