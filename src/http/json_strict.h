/* SPDX-License-Identifier: MIT */
/*
 * Strict JSON
 *
 * Reads one JSON document from outside so that no two readers can understand it differently
 * (I-JSON, RFC 7493): UTF-8 without NUL, nothing behind the document, no key twice in an object,
 * numbers that fit. Nesting is counted before anything is parsed.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "util/text.h"

#define JSON_STRICT_DEPTH_MAX    64  /* of what a caller may allow */
#define JSON_STRICT_PROBLEM_SIZE 128 /* bytes of a sentence, with its NUL */

enum JsonStrictResult {
        JSON_STRICT_MALFORMED = 1, /* no JSON, or JSON that could be read in two ways */
        JSON_STRICT_TOO_DEEP = 2,  /* more than depth_max objects and arrays within each other */
};

/*
 * Reads a document: an object or an array. depth_max (at most JSON_STRICT_DEPTH_MAX) counts the
 * outermost as 1. problem receives one sentence that names line and column when it is refused.
 * Return: 0 and the document (owned by the caller), a JsonStrictResult, -ENOMEM.
 */
int json_strict_parse(Text text, uint32_t depth_max, json_t **ret_document,
                      char problem[static JSON_STRICT_PROBLEM_SIZE]);
