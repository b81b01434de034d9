/* SPDX-License-Identifier: MIT */
/*
 * Door
 *
 * PAM data serves here to let less pass, never more: a door's session is opened only where the
 * account phase of the same handle allowed that door to the same user.
 */
#include "pam/door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/name.h"

#define VARIABLE_DOOR         "DOORWARD_DOOR"
#define VARIABLE_DECISION     "DOORWARD_DECISION"
#define VARIABLE_DECIDED_DOOR "DOORWARD_DECIDED_DOOR"
#define DATA_NAME             "doorward_door"

typedef struct DoorMark {
        char decision_id[DECISION_ID_SIZE + 1];
        const char *user; /* behind the door */
        char door[];
} DoorMark;

int door_choose(pam_handle_t *handle, const char *argument, SessionPhase phase, Text *ret_door)
{
        const char *stated =
                phase == SESSION_PHASE_ACCOUNT ? pam_getenv(handle, VARIABLE_DOOR) : NULL;
        if (stated && !name_is_valid_path(text_from(stated), DOOR_DEPTH_MAX))
                return DOOR_MALFORMED;
        if (stated && argument && !text_is(text_from(stated), argument))
                return DOOR_CONFLICT;
        *ret_door = text_from(argument ? argument : stated);
        return 0;
}

static void forget_variable(pam_handle_t *handle, const char *name)
{
        /* libpam logs an error when something is taken away that is not there. */
        if (pam_getenv(handle, name))
                (void)pam_putenv(handle, name);
}

void door_forget(pam_handle_t *handle)
{
        const void *mark = NULL;
        if (pam_get_data(handle, DATA_NAME, &mark) == PAM_SUCCESS && mark)
                (void)pam_set_data(handle, DATA_NAME, NULL, NULL);
        forget_variable(handle, VARIABLE_DECISION);
        forget_variable(handle, VARIABLE_DECIDED_DOOR);
}

static void mark_free(pam_handle_t *handle, void *mark, int status)
{
        free(mark);
}

static int set_mark(pam_handle_t *handle, Text door, Text user, const char *decision_id)
{
        DoorMark *mark = calloc(1, sizeof(*mark) + door.size + 1 + user.size + 1);
        if (!mark)
                return -ENOMEM;
        memcpy(mark->decision_id, decision_id, DECISION_ID_SIZE);
        memcpy(mark->door, door.data, door.size);
        memcpy(mark->door + door.size + 1, user.data, user.size);
        mark->user = mark->door + door.size + 1;
        if (pam_set_data(handle, DATA_NAME, mark, mark_free) == PAM_SUCCESS)
                return 0;
        free(mark);
        return -ENOMEM;
}

static int set_variable(pam_handle_t *handle, const char *name, const char *value)
{
        _cleanup_free_ char *assignment = NULL;
        if (asprintf(&assignment, "%s=%s", name, value) < 0) {
                assignment = NULL; /* undefined after a failure */
                return -ENOMEM;
        }
        return pam_putenv(handle, assignment) == PAM_SUCCESS ? 0 : -ENOMEM;
}

static int set_variables(pam_handle_t *handle)
{
        Text door, user;
        const char *decision_id;
        if (!door_recall(handle, &door, &user, &decision_id))
                return -ENOMEM;
        int r = set_variable(handle, VARIABLE_DECISION, decision_id);
        return r < 0 ? r : set_variable(handle, VARIABLE_DECIDED_DOOR, door.data);
}

int door_remember(pam_handle_t *handle, Text door, Text user, const SessionAnswer *answer)
{
        int r = set_mark(handle, door, user, answer->decision_id);
        if (r == 0 && answer->is_unlock)
                r = set_variables(handle);
        if (r < 0)
                door_forget(handle);
        return r;
}

bool door_recall(pam_handle_t *handle, Text *ret_door, Text *ret_user, const char **ret_decision_id)
{
        const void *data = NULL;
        if (pam_get_data(handle, DATA_NAME, &data) != PAM_SUCCESS || !data)
                return false;
        const DoorMark *mark = data;
        *ret_door = text_from(mark->door);
        *ret_user = text_from(mark->user);
        *ret_decision_id = mark->decision_id;
        return true;
}
