/* SPDX-License-Identifier: MIT */
/*
 * Change request
 *
 * The options carry their size, so that a program built with an earlier header keeps working, and
 * one built with a later header is refused only when it states something that is not known here.
 */
#include "client/change_request.h"

#include <errno.h>
#include <string.h>

#define FLAGS_KNOWN  (DOORWARD_CHANGE_DRY_RUN | DOORWARD_CHANGE_END_SESSIONS)
#define SIZE_FIRST   sizeof(struct doorward_change_options) /* of the first version */
#define SIZE_MAX_ANY 4096                                   /* no version will ever be larger */

static int options_read(const struct doorward_change_options *given,
                        struct doorward_change_options *ret_options)
{
        struct doorward_change_options options = { 0 };
        if (given) {
                if (given->size < SIZE_FIRST || given->size > SIZE_MAX_ANY)
                        return -EINVAL;
                const char *bytes = (const char *)given;
                for (size_t i = sizeof(options); i < given->size; i++)
                        if (bytes[i] != 0)
                                return -EINVAL;
                memcpy(&options, given, sizeof(options));
        }
        if ((options.flags & ~(uint32_t)FLAGS_KNOWN) || options.from_s < 0 || options.until_s < 0)
                return -EINVAL;
        *ret_options = options;
        return 0;
}

/* Writes a text that may be left out, but not be empty. Return: 0, -EINVAL. */
static int write_optional(MessageWriter *writer, FieldTag tag, const char *text)
{
        if (text && !*text)
                return -EINVAL;
        if (text)
                message_write_text(writer, tag, text_from(text));
        return 0;
}

static int write_roles(MessageWriter *writer, const char *const *roles)
{
        for (size_t i = 0; roles && roles[i]; i++) {
                if (!*roles[i] || i == MESSAGE_FIELDS_MAX)
                        return -EINVAL;
                message_write_text(writer, FIELD_ROLE, text_from(roles[i]));
        }
        return 0;
}

int change_request_write(MessageWriter *writer, const char *verb, const char *resource,
                         const char *const *roles, const struct doorward_change_options *given)
{
        struct doorward_change_options options;
        if (options_read(given, &options) < 0 || !verb || !resource ||
            write_optional(writer, FIELD_ACTION, verb) < 0 ||
            write_optional(writer, FIELD_RESOURCE, resource) < 0 ||
            write_optional(writer, FIELD_WITH, options.group) < 0 ||
            write_optional(writer, FIELD_WHY, options.reason) < 0 ||
            write_roles(writer, roles) < 0 ||
            write_optional(writer, FIELD_CUSTOMIZE, options.customization) < 0)
                return -EINVAL;
        if (options.from_s)
                message_write_time(writer, FIELD_FROM, options.from_s);
        if (options.until_s)
                message_write_time(writer, FIELD_UNTIL, options.until_s);
        if (options.flags & DOORWARD_CHANGE_DRY_RUN)
                message_write_flag(writer, FIELD_DRY_RUN);
        if (write_optional(writer, FIELD_STATE, options.state) < 0)
                return -EINVAL;
        if (options.seconds)
                message_write_number(writer, FIELD_SECONDS, options.seconds);
        if (options.flags & DOORWARD_CHANGE_END_SESSIONS)
                message_write_flag(writer, FIELD_END_SESSIONS);
        return 0;
}
