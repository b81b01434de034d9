/* SPDX-License-Identifier: MIT */
/*
 * Arguments
 *
 * One row of the table an argument; each has a function that takes its value or says why not.
 */
#include "pam/arguments.h"

#include <errno.h>
#include <string.h>
#include <sys/un.h>

#include "util/name.h"
#include "util/number.h"

#define OVERFLOW_UID 65534 /* stands for every uid that a user namespace does not map */

/* Takes a value (NULL for an argument without one). Return: NULL, or what is wrong with it. */
typedef const char *ArgumentTake(Arguments *arguments, const char *value);

static const char *take_socket(Arguments *arguments, const char *value)
{
        size_t size = strlen(value);
        if (value[0] != '/' || value[size - 1] == '/')
                return "not the absolute path of a socket";
        if (size >= sizeof((struct sockaddr_un){ 0 }.sun_path))
                return "too long for a socket";
        arguments->server.socket_path = value;
        return NULL;
}

static const char *take_server_uid(Arguments *arguments, const char *value)
{
        uint64_t uid;
        if (number_parse(text_from(value), INT32_MAX, &uid) < 0)
                return "not a uid";
        if (uid == OVERFLOW_UID)
                return "65534 can be anyone";
        arguments->server.server_uid = (uint32_t)uid;
        arguments->server.server_uid_stated = true;
        return NULL;
}

static const char *take_timeout(Arguments *arguments, const char *value)
{
        uint64_t timeout_ms;
        if (number_parse(text_from(value), TIMEOUT_MAX_MS, &timeout_ms) < 0 || timeout_ms == 0)
                return "not a number of milliseconds from 1 to 60000";
        arguments->timeout_ms = (uint32_t)timeout_ms;
        return NULL;
}

static const char *take_minimum_uid(Arguments *arguments, const char *value)
{
        uint64_t uid;
        if (number_parse(text_from(value), INT32_MAX, &uid) < 0)
                return "not a uid";
        arguments->minimum_uid = (uint32_t)uid;
        return NULL;
}

static const char *take_door(Arguments *arguments, const char *value)
{
        if (!name_is_valid_path(text_from(value), DOOR_DEPTH_MAX))
                return "not the path of a door";
        arguments->door = value;
        return NULL;
}

static const char *take_groups(Arguments *arguments, const char *value)
{
        if (strcmp(value, "off") != 0)
                return "can only be off";
        arguments->groups_off = true;
        return NULL;
}

static const char *take_quiet(Arguments *arguments, const char *value)
{
        arguments->quiet = true;
        return NULL;
}

static const char *take_debug(Arguments *arguments, const char *value)
{
        arguments->debug = true;
        return NULL;
}

static const struct Option {
        const char *name;
        bool has_value;
        ArgumentTake *take;
} OPTIONS[] = {
        { "socket", true, take_socket },   { "server_uid", true, take_server_uid },
        { "timeout", true, take_timeout }, { "minimum_uid", true, take_minimum_uid },
        { "door", true, take_door },       { "groups", true, take_groups },
        { "quiet", false, take_quiet },    { "debug", false, take_debug },
};

enum { OPTION_COUNT = sizeof(OPTIONS) / sizeof(OPTIONS[0]) };

/* Takes one argument; bit n of *seen stands for OPTIONS[n]. Return: as ArgumentTake. */
static const char *take(Arguments *arguments, const char *argument, unsigned *seen)
{
        Text name = text_from(argument), value = TEXT_NULL;
        bool has_value = text_split_first(name, '=', &name, &value);
        size_t i = 0;
        while (i < OPTION_COUNT && !text_is(name, OPTIONS[i].name))
                i++;
        if (i == OPTION_COUNT)
                return "unknown";
        if (*seen & 1u << i)
                return "given twice";
        *seen |= 1u << i;
        if (has_value != OPTIONS[i].has_value)
                return has_value ? "takes no value" : "needs a value";
        if (has_value && value.size == 0)
                return "empty";
        return OPTIONS[i].take(arguments, value.data);
}

int arguments_parse(int argc, const char **argv, Arguments *ret_arguments,
                    ArgumentProblem *reterr_problem)
{
        Arguments arguments = { .timeout_ms = TIMEOUT_DEFAULT_MS,
                                .minimum_uid = MINIMUM_UID_DEFAULT };
        unsigned seen = 0;
        for (int i = 0; i < argc; i++) {
                const char *why = argv[i] ? take(&arguments, argv[i], &seen) : "missing";
                if (!why)
                        continue;
                *reterr_problem = (ArgumentProblem){ argv[i] ? argv[i] : "", why };
                return -EINVAL;
        }
        *ret_arguments = arguments;
        return 0;
}
