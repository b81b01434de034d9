/* SPDX-License-Identifier: MIT */
/*
 * Parse
 *
 * The text of one file of a policy into the model: prescan, libconfig, schema.
 */
#pragma once

#include "policy/schema.h"

/*
 * Reads the text of a file into the loader's model; everything that is wrong is reported. The
 * file's data is changed, and freed as soon as it is not needed. Without data (the file was
 * refused), or when it cannot be parsed, what it belongs to is marked incomplete. Return: 0 (also
 * when errors were reported), -ENOMEM.
 */
int parse_file(Loader *loader, SourceFile *file);
