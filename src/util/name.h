/* SPDX-License-Identifier: MIT */
/*
 * Names
 *
 * What may stand as a name in a policy or a query: 1 to 64 characters of A-Z a-z 0-9 . _ -, not
 * starting with '.' or '-'; user names may also hold '@' and '+'. Case matters. A path is names
 * joined by '/', none of them empty. These rules keep path tricks ("..", "//", NUL, control
 * characters) out of every comparison.
 */
#pragma once

#include <stdbool.h>

#include "util/text.h"

#define NAME_SIZE_MAX 64

/* Says whether the text is a name of anything but a user. */
bool name_is_valid(Text name);

/* Says whether the text is a user's name. */
bool name_is_valid_user(Text name);

/* Says whether the text is 1 to depth_max names joined by '/'. */
bool name_is_valid_path(Text path, unsigned depth_max);
