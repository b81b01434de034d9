/* SPDX-License-Identifier: MIT */
/* Calendars of a policy: a file is read once, whoever names it. */
#include "policy/calendar_load.h"

#include <errno.h>
#include <string.h>

enum { SECONDS_OF_DAY = 24 * 60 * 60 };

typedef void (*CalendarVisitor)(ModelCalendar *calendar, void *user);

static void calendars_visit(Model *model, CalendarVisitor visitor, void *user)
{
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                ModelOrganization *organization = &model->organizations.items[i];
                for (uint32_t k = 0; k < organization->calendars.count; k++)
                        visitor(&organization->calendars.items[k], user);
        }
}

/* A calendar whose known_until is still 0 has not met its file. */
typedef struct Meeting {
        const SourceFile *file;
        ModelDays days;
        int32_t known_until;
        uint32_t count;
} Meeting;

static bool is_meant(const ModelCalendar *calendar, const SourceFile *file)
{
        return !file->name || (calendar->file && strcmp(calendar->file, file->name) == 0);
}

static void calendar_count(ModelCalendar *calendar, void *user)
{
        Meeting *meeting = user;
        meeting->count += is_meant(calendar, meeting->file);
}

static void calendar_fill(ModelCalendar *calendar, void *user)
{
        const Meeting *meeting = user;
        if (!is_meant(calendar, meeting->file))
                return;
        calendar->days = meeting->days;
        calendar->known_until = meeting->known_until;
}

/* Whether a name may stand where nobody could read. */
static bool is_incomplete(const Model *model)
{
        for (uint32_t i = 0; i < model->organizations.count; i++)
                if (model->organizations.items[i].incomplete)
                        return true;
        return model->organizations_incomplete;
}

int calendar_load(Model *model, const SourceFile *file, CalendarSpan span)
{
        Meeting meeting = { .file = file, .known_until = span.until };
        calendars_visit(model, calendar_count, &meeting);
        if (meeting.count == 0) {
                if (file->name && !is_incomplete(model))
                        diagnostics_warning(model->diagnostics, (Place){ file->file, 1 },
                                            "not read: no calendar of an organization names it");
                return 0;
        }
        int result = 0;
        if (file->data)
                result = calendar_read(model->arena, model->diagnostics, file->file, file->data,
                                       file->size, span, &meeting.days);
        calendars_visit(model, calendar_fill, &meeting);
        return result;
}

/* ---- When every file was read ---- */

typedef struct Finish {
        Diagnostics *diagnostics;
        int32_t known_until;
        int32_t today;
        bool good; /* nothing was wrong before */
} Finish;

static void calendar_finish(ModelCalendar *calendar, void *user)
{
        const Finish *finish = user;
        char shown[512];
        if (calendar->known_until == 0 && calendar->file)
                diagnostics_error(finish->diagnostics, calendar->file_place,
                                  "there is no calendars.d/%s",
                                  text_escape(text_from(calendar->file), shown, sizeof(shown)));
        else if (finish->good && (calendar->days.count == 0 ||
                                  calendar->days.items[calendar->days.count - 1] < finish->today))
                diagnostics_warning(finish->diagnostics, calendar->file_place,
                                    "this calendar holds no day from today on");
        calendar->known_until = finish->known_until;
}

void calendars_finish(Model *model, CalendarSpan span, int64_t now_s)
{
        Finish finish = { .diagnostics = model->diagnostics,
                          .known_until = span.until,
                          .today = (int32_t)(now_s / SECONDS_OF_DAY),
                          .good = diagnostics_errors(model->diagnostics) == 0 };
        calendars_visit(model, calendar_finish, &finish);
}
