/* SPDX-License-Identifier: MIT */
/*
 * Parse, the tree
 *
 * The text of one file into libconfig's tree, which lives as long as the walk over it. The only
 * place that calls libconfig's parser.
 */
#pragma once

#include <libconfig.h>
#include <stdbool.h>

#include "policy/diagnostics.h"
#include "policy/source.h"

/* What goes over a tree that was read. */
typedef void (*ParseWalk)(void *user, const config_setting_t *root);

/*
 * Prescans and parses the text of a file and walks over it. The file's data is changed, and freed
 * as soon as it is not needed. Return: true; false when there is no data (the file was refused), or
 * when it cannot be parsed, which is reported.
 */
bool parse_tree(Diagnostics *diagnostics, SourceFile *file, ParseWalk walk, void *user);
