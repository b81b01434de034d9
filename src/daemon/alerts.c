/* SPDX-License-Identifier: MIT */
/* Alerts: see alerts.h. */
#include "daemon/alerts.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/server.h"

static const struct AlertRule {
        const char *name;
        bool degrades;
        bool repeats;
        const char *begins;
        const char *ends;
} rules[ALERT_STATE_COUNT] = {
        [ALERT_NO_POLICY] = { "no-policy", true, true, "no policy is loaded: everything is denied",
                              "a policy is loaded" },
        [ALERT_POLICY_REFUSED] = { "policy-refused", true, true,
                                   "the policy text was refused; the last good policy is served",
                                   "the policy text is served" },
        [ALERT_IMAGE_DAMAGED] = { "image-damaged", true, true,
                                  "a compiled policy could not be used", "the image is good" },
        [ALERT_JOURNAL_FAILING] = { "journal-failing", true, true, "the journal cannot be written",
                                    "the journal is written again" },
        [ALERT_STATE_FAILING] = { "live-state-failing", true, true, "live state cannot be changed",
                                  "live state can be changed again" },
        [ALERT_STATE_DAMAGED] = { "live-state-damaged", true, true,
                                  "the store of live state is damaged; see doorward state reset",
                                  "the store of live state is good" },
        [ALERT_STATE_UNMATCHED] = { "live-state-unmatched", false, false,
                                    "live state is in force about what the policy does not know",
                                    "all live state is about what the policy knows" },
        [ALERT_CHANGES_FAILING] = { "changes-failing", true, true,
                                    "changes of the policy cannot be put into force",
                                    "changes of the policy are put into force again" },
        [ALERT_JOURNAL_NEARLY_FULL] = { "journal-nearly-full", false, true,
                                        "the journal has reached 80 % of its size",
                                        "the journal has room again" },
        [ALERT_JOURNAL_REPLACED] = { "journal-replaced", false, false,
                                     "a damaged journal was moved aside and a new one begun", "" },
        [ALERT_ROWS_LOST] = { "rows-lost", false, false, "rows of the journal were lost", "" },
        [ALERT_CLOCK_UNTRUSTED] = { "clock-untrusted", true, true,
                                    "the clock cannot be trusted: what is bound to time is denied",
                                    "the clock is trusted again" },
        [ALERT_VIRTUAL_CLOCK] = { "virtual-clock", false, true,
                                  "time comes from a file, not from the system's clock", "" },
        [ALERT_SCHEDULE_ENDING] = { "schedule-ending", false, false,
                                    "within 30 days schedules will not be known any more",
                                    "schedules are known for longer, or have ended" },
        [ALERT_SCHEDULE_ENDED] = { "schedule-ended", true, true,
                                   "schedules are not known any more: what depends on them is "
                                   "denied",
                                   "schedules are known again" },
};

const char *alerts_name(AlertState state)
{
        return rules[state].name;
}

bool alerts_degraded(const Alerts *alerts)
{
        for (size_t i = 0; i < ALERT_STATE_COUNT; i++)
                if (alerts->on[i] && rules[i].degrades)
                        return true;
        return false;
}

static void record(Server *server, const char *reason, const char *decision, const char *why)
{
        JournalRow row = { .time_s = server_now_s(server), .caller_uid = server->own_uid };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("alarm");
        row.texts[JOURNAL_REASON] = text_from(reason);
        row.texts[JOURNAL_DECISION] = text_from(decision);
        row.texts[JOURNAL_WHY] = text_from(why);
        row.texts[JOURNAL_REVISION] = text_from(server->policy.revision);
        if (server->journal)
                (void)journal_append(server->journal, &row, NULL, NULL);
}

static void tell(Server *server, AlertState state)
{
        const char *detail = server->alerts.detail[state];
        log_write(server->log, rules[state].degrades ? LOG_PRIORITY_ALERT : LOG_PRIORITY_WARNING,
                  "%s: %s%s%s", rules[state].name, rules[state].begins, *detail ? ": " : "",
                  detail);
        /* A journal that fails would only lose one more row. */
        if (state != ALERT_JOURNAL_FAILING)
                record(server, rules[state].name, "begun", detail);
}

void alerts_set(Server *server, AlertState state, bool on, const char *detail)
{
        Alerts *alerts = &server->alerts;
        (void)snprintf(alerts->detail[state], sizeof(alerts->detail[state]), "%s",
                       detail ? detail : "");
        if (alerts->on[state] == on)
                return;
        alerts->on[state] = on;
        if (on) {
                tell(server, state);
                return;
        }
        log_write(server->log, LOG_PRIORITY_NOTICE, "%s: %s", rules[state].name, rules[state].ends);
        record(server, rules[state].name, "ended", "");
}

void alerts_event(Server *server, const char *kind, const char *format, ...)
{
        char text[1024];
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        log_write(server->log, LOG_PRIORITY_ALERT, "%s: %s", kind, text);
        record(server, kind, "done", text);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        for (size_t i = 0; i < ALERT_STATE_COUNT; i++)
                if (server->alerts.on[i] && rules[i].repeats)
                        tell(server, (AlertState)i);
        (void)sd_event_source_set_time_relative(source, ALERT_REPEAT_SECONDS * 1000000ull);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int alerts_start(Server *server)
{
        return sd_event_add_time_relative(server->event, &server->alerts.timer, CLOCK_MONOTONIC,
                                          ALERT_REPEAT_SECONDS * 1000000ull, 0, on_timer, server);
}

void alerts_stop(Server *server)
{
        server->alerts.timer = sd_event_source_disable_unref(server->alerts.timer);
}
