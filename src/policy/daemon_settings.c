/* SPDX-License-Identifier: MIT */
/* Settings of the daemon: see daemon_settings.h. */
#include "policy/daemon_settings.h"

#include <stddef.h>

static const char *const CLASSES[EVENT_CLASS_COUNT] = {
        [EVENT_CLASS_MOVEMENT] = "movements",
        [EVENT_CLASS_SESSION] = "sessions",
        [EVENT_CLASS_ADMINISTRATION] = "administration",
        [EVENT_CLASS_ALARM] = "alarms",
        [EVENT_CLASS_QUESTION] = "questions",
};

const char *event_class_name(EventClass event_class)
{
        return (unsigned)event_class < EVENT_CLASS_COUNT ? CLASSES[event_class] : NULL;
}
