/* SPDX-License-Identifier: MIT */
/* Words of what doors have been seen to do: see door_observation.h. */
#include "policy/door_observation.h"

static const char *const aspects[DOOR_ASPECT_COUNT] = {
        [DOOR_ASPECT_LOCK] = "lock",   [DOOR_ASPECT_CONTACT] = "contact",
        [DOOR_ASPECT_ALARM] = "alarm", [DOOR_ASPECT_TAMPER] = "tamper",
        [DOOR_ASPECT_FAULT] = "fault",
};

static const char *const states[DOOR_PHYSICAL_COUNT] = {
        [DOOR_PHYSICAL_UNKNOWN] = "Unknown",
        [DOOR_PHYSICAL_LOCKED] = "Locked",
        [DOOR_PHYSICAL_UNLOCKED] = "Unlocked",
        [DOOR_PHYSICAL_OPEN] = "Open",
        [DOOR_PHYSICAL_CLOSED] = "Closed",
        [DOOR_PHYSICAL_NORMAL] = "Normal",
        [DOOR_PHYSICAL_FORCED_OPEN] = "DoorForcedOpen",
        [DOOR_PHYSICAL_OPEN_TOO_LONG] = "DoorOpenTooLong",
        [DOOR_PHYSICAL_NOT_IN_TAMPER] = "NotInTamper",
        [DOOR_PHYSICAL_TAMPER_DETECTED] = "TamperDetected",
        [DOOR_PHYSICAL_NOT_IN_FAULT] = "NotInFault",
        [DOOR_PHYSICAL_FAULT_DETECTED] = "FaultDetected",
};

const char *door_aspect_name(DoorAspect aspect)
{
        return (unsigned)aspect < DOOR_ASPECT_COUNT ? aspects[aspect] : NULL;
}

const char *door_physical_name(DoorPhysical state)
{
        return (unsigned)state < DOOR_PHYSICAL_COUNT ? states[state] : NULL;
}
