/* SPDX-License-Identifier: MIT */
/*
 * Names
 *
 * One table says for every byte where it may stand, so that checking a name is one look-up a byte
 * and independent of the locale.
 */
#include "util/name.h"

#include <stdint.h>

enum {
        INSIDE = 1 << 0,      /* in any name */
        FIRST = 1 << 1,       /* at the start of any name */
        INSIDE_USER = 1 << 2, /* in a user's name */
        FIRST_USER = 1 << 3,  /* at the start of a user's name */
};

#define ANYWHERE   (INSIDE | FIRST | INSIDE_USER | FIRST_USER)
#define NOT_FIRST  (INSIDE | INSIDE_USER)
#define USERS_ONLY (INSIDE_USER | FIRST_USER)

/* clang-format off */
static const uint8_t NAME_BYTES[256] = {
        ['A' ... 'Z'] = ANYWHERE,
        ['a' ... 'z'] = ANYWHERE,
        ['0' ... '9'] = ANYWHERE,
        ['_'] = ANYWHERE,
        ['.'] = NOT_FIRST,
        ['-'] = NOT_FIRST,
        ['@'] = USERS_ONLY,
        ['+'] = USERS_ONLY,
};
/* clang-format on */

static inline bool is_made_of(Text name, uint8_t first, uint8_t inside)
{
        if (name.size == 0 || name.size > NAME_SIZE_MAX)
                return false;
        const unsigned char *bytes = (const unsigned char *)name.data;
        uint8_t common = inside;
        for (size_t i = 0; i < name.size; i++)
                common &= NAME_BYTES[bytes[i]];
        return common && (NAME_BYTES[bytes[0]] & first);
}

bool name_is_valid(Text name)
{
        return is_made_of(name, FIRST, INSIDE);
}

bool name_is_valid_user(Text name)
{
        return is_made_of(name, FIRST_USER, INSIDE_USER);
}

bool name_is_valid_path(Text path, unsigned depth_max)
{
        Text rest = path, name;
        for (unsigned depth = 0; depth < depth_max; depth++) {
                if (!text_split_first(rest, '/', &name, &rest))
                        return name_is_valid(rest);
                if (!name_is_valid(name))
                        return false;
        }
        return false;
}
