/* SPDX-License-Identifier: MIT */
/* Following: see following.h. */
#include "http/following.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/log.h"

#define CALLERS_TIMEOUT_MS 10000
#define WATCH_SECONDS      30
#define PAUSE_US           20000 /* between two rounds, whatever doorwardd answers */
#define RETRY_FIRST_US     200000
#define RETRY_LAST_US      5000000
#define REVISION_SIZE      128
#define AFTER_SIZE         128
#define PERMISSION_SIZE    128
#define FRAME_SIZE         512

typedef enum Step {
        STEP_WHICH_POLICY, /* WATCH without a revision: answered at once */
        STEP_CALLERS,
        STEP_WAIT, /* WATCH with the revision */
} Step;

struct Following {
        sd_event_source *next_round;
        Link *link;
        Callers *callers;
        LinkCall *call;
        Step step;
        bool told; /* that the list cannot be had */
        uint64_t retry_us;
        char revision[REVISION_SIZE]; /* of the policy when the round began */
        char after[AFTER_SIZE];       /* where the next page of callers begins; "": the first */
        char unlock_permission[PERMISSION_SIZE];
        char enter_permission[PERMISSION_SIZE];
};

static void on_reply(void *data, int problem, const Message *message);

static int begin_step(Following *following, Step step)
{
        uint8_t frame[FRAME_SIZE];
        MessageWriter writer;
        size_t size;
        MessageType type = step == STEP_CALLERS ? MESSAGE_CALLERS : MESSAGE_WATCH;
        uint64_t timeout_ms = CALLERS_TIMEOUT_MS + (step == STEP_WAIT ? WATCH_SECONDS * 1000 : 0);
        message_writer_begin(&writer, frame, sizeof(frame), type, link_request_id(following->link),
                             0);
        if (step == STEP_WAIT) {
                message_write_number(&writer, FIELD_SECONDS, WATCH_SECONDS);
                message_write_text(&writer, FIELD_REVISION, text_from(following->revision));
        }
        if (step == STEP_CALLERS && *following->after)
                message_write_text(&writer, FIELD_AFTER, text_from(following->after));
        following->step = step;
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r
                     : link_call(following->link, frame, size, timeout_ms, on_reply, following,
                                 &following->call);
}

static void begin_round_in(Following *following, uint64_t delay_us)
{
        (void)sd_event_source_set_time_relative(following->next_round, delay_us);
        (void)sd_event_source_set_enabled(following->next_round, SD_EVENT_ONESHOT);
}

static void retry_later(Following *following)
{
        begin_round_in(following, following->retry_us);
        following->retry_us *= 2;
        if (following->retry_us > RETRY_LAST_US)
                following->retry_us = RETRY_LAST_US;
}

/* What is known already stays. */
static void fail(Following *following, const char *why)
{
        callers_gathered(following->callers, false);
        if (!following->told)
                log_write(LOG_PRIORITY_WARNING,
                          "the callers cannot be fetched from doorwardd: %s; trying again", why);
        following->told = true;
        retry_later(following);
}

static void go_on(Following *following, Step step)
{
        if (begin_step(following, step) < 0)
                fail(following, "the request cannot be sent");
}

static Text value_of(const Message *message, const char *wanted)
{
        Text name, value;
        for (size_t n = 0; message_text_at(message, FIELD_NAME, n, &name); n++)
                if (text_is(name, wanted) && message_text_at(message, FIELD_VALUE, n, &value))
                        return value;
        return TEXT_NULL;
}

/* Keeps a text; one that does not fit counts as none. */
static void keep(char *buffer, size_t size, Text text)
{
        if (text.size >= size)
                text = TEXT_NULL;
        if (text.size > 0)
                memcpy(buffer, text.data, text.size);
        buffer[text.size] = '\0';
}

static void keep_policy(Following *following, const Message *message)
{
        keep(following->revision, sizeof(following->revision), value_of(message, "revision"));
        keep(following->unlock_permission, sizeof(following->unlock_permission),
             value_of(message, "unlock-permission"));
        keep(following->enter_permission, sizeof(following->enter_permission),
             value_of(message, "enter-permission"));
}

/* Gathers a caller; one without a certificate is local and never comes this way. */
static int take_record(Following *following, const Message *message)
{
        if (following->step == STEP_WHICH_POLICY)
                keep_policy(following, message);
        if (following->step != STEP_CALLERS)
                return 0;
        Text certificate = value_of(message, "certificate");
        return certificate.size == 0 ? 0 : callers_gather(following->callers, certificate);
}

/* A page of callers is whole, and with the last one the list. */
static void take_page(Following *following, const Message *message)
{
        Text after = TEXT_NULL;
        (void)message_text(message, FIELD_AFTER, &after);
        keep(following->after, sizeof(following->after), after);
        if (*following->after) {
                go_on(following, STEP_CALLERS);
                return;
        }
        callers_gathered(following->callers, true);
        if (following->told)
                log_write(LOG_PRIORITY_NOTICE, "the callers have been fetched: %zu",
                          callers_count(following->callers));
        following->told = false;
        following->retry_us = RETRY_FIRST_US;
        go_on(following, STEP_WAIT);
}

static void take_end(Following *following, const Message *message)
{
        switch (following->step) {
        case STEP_WHICH_POLICY:
                following->after[0] = '\0';
                go_on(following, STEP_CALLERS);
                break;
        case STEP_CALLERS:
                take_page(following, message);
                break;
        case STEP_WAIT:
                begin_round_in(following, PAUSE_US);
                break;
        }
}

static void take_refusal(Following *following, const Message *message)
{
        char reason[128], why[256];
        Text text = TEXT_NULL;
        (void)message_text(message, FIELD_REASON, &text);
        bool is_unlisted = text_is(text, "not-allowed") || text_is(text, "unknown-caller");
        text_escape(text, reason, sizeof(reason));
        (void)snprintf(why, sizeof(why), "%s%s", reason,
                       is_unlisted ? ": \"fronts\" of doorward.conf has to list its account" : "");
        fail(following, why);
}

static void on_reply(void *data, int problem, const Message *message)
{
        Following *following = data;
        bool is_record = problem == 0 && message->type == MESSAGE_RECORD;
        if (is_record && take_record(following, message) == 0)
                return;
        if (is_record)
                link_cancel(following->call);
        following->call = NULL;
        if (problem != 0)
                fail(following, link_problem_say(following->link, problem));
        else if (is_record)
                fail(following, "a caller's certificate has no valid form, or there are too many");
        else if (message->type == MESSAGE_END)
                take_end(following, message);
        else
                take_refusal(following, message);
}

static int on_next_round(sd_event_source *source, uint64_t now_us, void *data)
{
        go_on(data, STEP_WHICH_POLICY);
        return 0;
}

int following_new(sd_event *event, Link *link, Callers *callers, Following **ret_following)
{
        _cleanup_(following_freep) Following *following = calloc(1, sizeof(*following));
        if (!following)
                return -ENOMEM;
        *following = (Following){ .link = link, .callers = callers, .retry_us = RETRY_FIRST_US };
        int r = sd_event_add_time_relative(event, &following->next_round, CLOCK_MONOTONIC, 0, 1000,
                                           on_next_round, following);
        if (r < 0)
                return r;
        *ret_following = following;
        following = NULL;
        return 0;
}

Text following_unlock_permission(const Following *following)
{
        return text_from(following->unlock_permission);
}

Text following_enter_permission(const Following *following)
{
        return text_from(following->enter_permission);
}

Following *following_free(Following *following)
{
        if (!following)
                return NULL;
        link_cancel(following->call);
        sd_event_source_disable_unref(following->next_round);
        free(following);
        return NULL;
}
