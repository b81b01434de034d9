/* SPDX-License-Identifier: MIT */
/* The end of schedules: see schedule_end.h. */
#include "daemon/schedule_end.h"

#include <stdio.h>

#include "daemon/server.h"
#include "policy/limits.h"
#include "util/timestamp.h"

void schedule_end_check(Server *server, int64_t now_s)
{
        const Image *image = server->policy.image;
        int64_t until_s = image ? image_header(image)->known_until_s : TIMESTAMP_MAX;
        char detail[IMAGE_PLACE_SIZE + 128], place[IMAGE_PLACE_SIZE], date[TIMESTAMP_TEXT_SIZE];
        bool ended = now_s >= until_s;
        bool ending = !ended && until_s != TIMESTAMP_MAX && now_s >= until_s - ENDING_SECONDS;
        if (ended || ending) {
                ImagePlace from = image_header(image)->known_until_place;
                (void)snprintf(detail, sizeof(detail), "%s known until %s%s",
                               from.file == IMAGE_NONE
                                       ? "time zones are"
                                       : image_place(image, from, place, sizeof(place)),
                               timestamp_format(until_s, date),
                               from.file == IMAGE_NONE ? "" : "; doorward reload reads it on");
        }
        alerts_set(server, ALERT_SCHEDULE_ENDING, ending, ending ? detail : NULL);
        alerts_set(server, ALERT_SCHEDULE_ENDED, ended, ended ? detail : NULL);
}
