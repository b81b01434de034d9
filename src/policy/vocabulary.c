/* SPDX-License-Identifier: MIT */
/*
 * Vocabulary
 *
 * One table a list of words; every question about a word is a look into its table.
 */
#include "policy/vocabulary.h"

#include <stddef.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Resource types: the name, and the scopes in which a permission can be asked on one. */
typedef struct TypeWord {
        const char *name;
        uint32_t scopes;
} TypeWord;

static const TypeWord TYPES[RESOURCE_TYPE_COUNT] = {
        /* The organization stands for a user or group still to be made, or for all of them. */
        [RESOURCE_ORGANIZATION] = { "organization",
                                    SCOPE_ORGANIZATION | SCOPE_USER | SCOPE_GROUP | SCOPE_ACCOUNT },
        [RESOURCE_SITE] = { "site", SCOPE_SITE },
        [RESOURCE_DOOR] = { "door", SCOPE_DOOR | SCOPE_SITE },
        [RESOURCE_HOST] = { "host", SCOPE_SITE },
        [RESOURCE_USER] = { "user", SCOPE_USER },
        /* Permissions of scope group are about access groups; a group carries roles and is no
         * access group (Roles and Permissions for Access Control, Access User Manager). */
        [RESOURCE_GROUP] = { "group", 0 },
        [RESOURCE_ACCESS_GROUP] = { "access-group", SCOPE_GROUP },
        [RESOURCE_ENTITY] = { "entity", SCOPE_ENTITY },
        [RESOURCE_SCHEDULE] = { "schedule", 0 },
        [RESOURCE_DOOR_EXCEPTION] = { "door-exception", 0 },
        [RESOURCE_ACCESS_EXCEPTION] = { "access-exception", 0 },
        [RESOURCE_ACCESS_LEVEL] = { "access-level", 0 },
        [RESOURCE_ROLL_CALL_TEMPLATE] = { "roll-call-template", SCOPE_SITE },
        [RESOURCE_FLOORPLAN] = { "floorplan", 0 },
        [RESOURCE_LOCKDOWN] = { "lockdown", 0 },
        [RESOURCE_ROLL_CALL] = { "roll-call", SCOPE_SITE },
        [RESOURCE_ARCHIVE] = { "archive", SCOPE_SITE },
        [RESOURCE_CAMERA] = { "camera", SCOPE_SITE },
        [RESOURCE_REPORT] = { "report", SCOPE_SITE },
};

/* Names of bits, the lowest first. */
static const char *const CONDITIONS[CONDITION_COUNT] = {
        "door-access-now",     "target-not-synced",     "target-not-self",
        "schedule-exists",     "door-exception-exists", "template-exists",
        "roll-call-active",    "floorplan-shows-site",  "target-has-legacy-role",
        "target-is-self",      "target-is-member",      "archive-not-private",
        "before-2024-11-14",   "site-visible",          "customization-possible",
        "code-where-required",
};

static const char *const GATES[GATE_COUNT] = { "access-in-force", "remote-unlock", "no-lockdown",
                                               "not-blocked" };

static const char *const SCOPES[] = { "organization", "site",   "door",   "user",
                                      "group",        "entity", "account" };

static const char *const DOOR_STATES[] = {
        [DOOR_STATE_UNLOCKED] = "unlocked",
        [DOOR_STATE_CARD_AND_CODE] = "card-and-code",
        [DOOR_STATE_LOCKED] = "locked",
        [DOOR_STATE_ACCESS_CONTROLLED] = "access-controlled",
};

static const char *const DOOR_MODES[DOOR_MODE_COUNT] = {
        [DOOR_MODE_UNKNOWN] = "Unknown",        [DOOR_MODE_LOCKED] = "Locked",
        [DOOR_MODE_UNLOCKED] = "Unlocked",      [DOOR_MODE_ACCESSED] = "Accessed",
        [DOOR_MODE_BLOCKED] = "Blocked",        [DOOR_MODE_LOCKED_DOWN] = "LockedDown",
        [DOOR_MODE_LOCKED_OPEN] = "LockedOpen",
};

static const char *const COMMANDS[PERMISSION_COMMAND_COUNT] = {
        [PERMISSION_COMMAND_UNLOCK] = "unlock",
        [PERMISSION_COMMAND_MIGRATE] = "migrate",
        [PERMISSION_COMMAND_CUSTOMIZE] = "customize",
        [PERMISSION_COMMAND_RESTORE_CUSTOMIZATION] = "restore-customization",
        [PERMISSION_COMMAND_ADD_TO_ACCESS_GROUP] = "add-to-access-group",
        [PERMISSION_COMMAND_REMOVE_FROM_ACCESS_GROUP] = "remove-from-access-group",
        [PERMISSION_COMMAND_CHANGE_MEMBERS] = "change-members",
        [PERMISSION_COMMAND_ENTER] = "enter",
        [PERMISSION_COMMAND_SUSPEND] = "suspend",
        [PERMISSION_COMMAND_RESUME] = "resume",
        [PERMISSION_COMMAND_DATES] = "dates",
        [PERMISSION_COMMAND_SHOW_DOOR] = "show-door",
        [PERMISSION_COMMAND_OVERRIDE_DOOR] = "override-door",
        [PERMISSION_COMMAND_LOCKDOWN] = "lockdown",
        [PERMISSION_COMMAND_LIVE_EVENTS] = "live-events",
        [PERMISSION_COMMAND_PAST_EVENTS] = "past-events",
        [PERMISSION_COMMAND_RUN_REPORT] = "run-report",
        [PERMISSION_COMMAND_SAVE_REPORT] = "save-report",
        [PERMISSION_COMMAND_EXPORT_REPORT] = "export-report",
        [PERMISSION_COMMAND_VIEW_OTHERS_REPORT] = "view-others-report",
        [PERMISSION_COMMAND_DELETE_OTHERS_REPORT] = "delete-others-report",
};

static const char *const CALLER_RIGHTS[] = { "ask", "unlock", "vouch", "events", "report" };

static const char *const ROLE_LEVELS[] = {
        [ROLE_LEVEL_ORGANIZATION] = "organization",
        [ROLE_LEVEL_SITE] = "site",
        [ROLE_LEVEL_ACCOUNT] = "account",
};

const char *outcome_name(Outcome outcome)
{
        switch (outcome) {
        case OUTCOME_ALLOW:
                return "allow";
        case OUTCOME_DENY:
                return "deny";
        case OUTCOME_ERROR:
                return "error";
        }
        return NULL;
}

const char *resource_type_name(ResourceType type)
{
        return (unsigned)type < RESOURCE_TYPE_COUNT ? TYPES[type].name : NULL;
}

uint32_t resource_type_scopes(ResourceType type)
{
        return (unsigned)type < RESOURCE_TYPE_COUNT ? TYPES[type].scopes : 0;
}

/* The name of a single bit; NULL when it is none of the list. */
static const char *bit_name(uint32_t bit, const char *const *names, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (bit == UINT32_C(1) << i)
                        return names[i];
        return NULL;
}

const char *condition_name(Condition condition)
{
        return bit_name(condition, CONDITIONS, COUNT_OF(CONDITIONS));
}

const char *gate_name(Gate gate)
{
        return bit_name(gate, GATES, COUNT_OF(GATES));
}

const char *door_state_name(DoorState state)
{
        return (unsigned)state < COUNT_OF(DOOR_STATES) ? DOOR_STATES[state] : NULL;
}

const char *door_mode_name(DoorMode mode)
{
        return (unsigned)mode < DOOR_MODE_COUNT ? DOOR_MODES[mode] : NULL;
}

const char *role_level_name(RoleLevel level)
{
        return (unsigned)level < COUNT_OF(ROLE_LEVELS) ? ROLE_LEVELS[level] : NULL;
}

const char *caller_right_name(CallerRight right)
{
        for (size_t i = 0; i < COUNT_OF(CALLER_RIGHTS); i++)
                if (right == 1u << i)
                        return CALLER_RIGHTS[i];
        return NULL;
}

const char *permission_command_name(PermissionCommand command)
{
        return (unsigned)command < COUNT_OF(COMMANDS) ? COMMANDS[command] : NULL;
}

/* The place of a name in a list; count when it is not there. */
static size_t name_index(Text name, const char *const *names, size_t count)
{
        size_t i = 0;
        while (i < count && !text_is(name, names[i]))
                i++;
        return i;
}

bool resource_type_from_name(Text name, ResourceType *ret_type)
{
        for (unsigned i = 0; i < RESOURCE_TYPE_COUNT; i++) {
                if (text_is(name, TYPES[i].name)) {
                        *ret_type = (ResourceType)i;
                        return true;
                }
        }
        return false;
}

bool condition_from_name(Text name, Condition *ret_condition)
{
        size_t index = name_index(name, CONDITIONS, COUNT_OF(CONDITIONS));
        if (index == COUNT_OF(CONDITIONS))
                return false;
        *ret_condition = (Condition)(1u << index);
        return true;
}

bool gate_from_name(Text name, Gate *ret_gate)
{
        size_t index = name_index(name, GATES, COUNT_OF(GATES));
        if (index == COUNT_OF(GATES))
                return false;
        *ret_gate = (Gate)(1u << index);
        return true;
}

bool door_state_from_name(Text name, DoorState *ret_state)
{
        size_t index = name_index(name, DOOR_STATES, COUNT_OF(DOOR_STATES));
        if (index == COUNT_OF(DOOR_STATES))
                return false;
        *ret_state = (DoorState)index;
        return true;
}

static Text spaces_trimmed(Text text)
{
        while (text.size > 0 && text.data[0] == ' ')
                text = (Text){ text.data + 1, text.size - 1 };
        while (text.size > 0 && text.data[text.size - 1] == ' ')
                text.size--;
        return text;
}

uint32_t scopes_from_text(Text text)
{
        uint32_t scopes = 0;
        Text rest = text;
        for (bool more = true; more;) {
                Text word = rest, after = TEXT_NULL;
                more = text_split_first(rest, '|', &word, &after);
                size_t index = name_index(spaces_trimmed(word), SCOPES, COUNT_OF(SCOPES));
                if (index == COUNT_OF(SCOPES) || scopes & 1u << index)
                        return 0;
                scopes |= 1u << index;
                rest = after;
        }
        return scopes;
}
