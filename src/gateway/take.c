/* SPDX-License-Identifier: MIT */
/* Take: see take.h. */
#include "gateway/take.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/daemon_clock.h"
#include "gateway/record.h"
#include "util/deadline.h"

#define NS_PER_MS           UINT64_C(1000000)
#define MS_PER_S            1000
#define MICROSECONDS_PER_MS 1000
#define TOKEN_SIZE          257
#define ESCAPED_SIZE        256
#define VALID_MS_MAX        60000
#define RESOURCE_TEXT_SIZE  4096
#define TROUBLE_SIZE        64

struct Take {
        sd_event *event;
        Link *link;
        Doors *doors;
        Executor *executor;
        Hold *hold;
        Events *events;
        Log log;
        sd_event_source *timer; /* of the next one */
        LinkCall *call;         /* NULL: none is under way */
        bool started;
        bool leaving; /* the one that breaks off is still to wait */
        uint64_t sent_ns, heard_ns;
        uint64_t back_off_ms;
        bool reached;               /* was logged last */
        char trouble[TROUBLE_SIZE]; /* what was: a code; "": none */
        bool clock_differs;
        DaemonClock clock;
        bool is_in_doubt; /* whether the clock was set: doorwardd is asked for what it says now */
        bool refusal_told[GATEWAY_DOORS_MAX];
        char token[TOKEN_SIZE]; /* of what is known of the doors; "": nothing */
        uint8_t frame[MESSAGE_SIZE_MAX];
};

static void next(Take *take);

/* ---- Records ---- */

/* How much of a command's time is left by doorwardd's own clock, if that is less: its message may
 * have been held up on its way. */
static uint64_t left_ms(Take *take, uint64_t valid_ms, uint64_t not_after_s, uint64_t now_ns)
{
        int64_t clock_ms = daemon_clock_ms(&take->clock, now_ns);
        int64_t end_ms = (int64_t)not_after_s * MS_PER_S;
        if (!take->clock.known || end_ms - clock_ms >= (int64_t)valid_ms)
                return valid_ms;
        if (end_ms > clock_ms)
                return (uint64_t)(end_ms - clock_ms);
        take->is_in_doubt = true;
        return 0;
}

static void take_command(Take *take, const Message *record, unsigned door)
{
        Text id;
        uint64_t seconds, not_after, valid_ms;
        if (!record_text(record, "id", &id) || !executor_id_is_valid(id) ||
            !record_number(record, "seconds", EXECUTOR_RELEASE_MAX, &seconds) || seconds == 0 ||
            !record_number(record, "not-after", DAEMON_CLOCK_MS_MAX / MS_PER_S, &not_after) ||
            !record_number(record, "valid-milliseconds", VALID_MS_MAX, &valid_ms)) {
                log_write(take->log, LOG_ERR, "A command that cannot be read; nothing moves");
                return;
        }
        uint64_t now_ns = deadline_clock_ns();
        Command command = { .door = door,
                            .seconds = (uint32_t)seconds,
                            .not_after_s = (int64_t)not_after,
                            .valid_until_ns = now_ns + left_ms(take, valid_ms, not_after, now_ns) *
                                                               NS_PER_MS };
        memcpy(command.id, id.data, id.size);
        executor_command(take->executor, &command);
}

static void take_door(Take *take, const Message *record, unsigned door)
{
        static const char *const WORDS[] = {
                [GATEWAY_HOLD_CONTROLLED] = "controlled",
                [GATEWAY_HOLD_UNLOCKED] = "unlocked",
                [GATEWAY_HOLD_LOCKED] = "locked",
        };
        Text text;
        char escaped[ESCAPED_SIZE];
        bool refused = record_text(record, "refused", &text);
        if (refused && !take->refusal_told[door])
                log_write(take->log, LOG_ERR,
                          "%s: doorwardd does not let this gateway serve it: %s",
                          doors_door(take->doors, door)->path,
                          text_escape(text, escaped, sizeof(escaped)));
        take->refusal_told[door] = refused;
        if (refused || !record_text(record, "hold", &text)) {
                hold_set(take->hold, door, GATEWAY_HOLD_CONTROLLED);
                return;
        }
        for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++)
                if (text_is(text, WORDS[i]))
                        hold_set(take->hold, door, (GatewayHold)i);
}

static void take_time(Take *take, const Message *record)
{
        uint64_t then_ms;
        struct timespec now;
        char detail[96];
        if (!record_number(record, "now", DAEMON_CLOCK_MS_MAX, &then_ms) ||
            clock_gettime(CLOCK_REALTIME, &now) < 0)
                return;
        daemon_clock_hear(&take->clock, (int64_t)then_ms, take->sent_ns, deadline_clock_ns());
        int64_t ahead_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - (int64_t)then_ms;
        bool differs = llabs(ahead_ms) > TAKE_CLOCK_MS;
        if (differs && !take->clock_differs) {
                (void)snprintf(detail, sizeof(detail),
                               "this gateway's clock is %lld ms %s doorwardd's", llabs(ahead_ms),
                               ahead_ms > 0 ? "ahead of" : "behind");
                log_write(take->log, LOG_WARNING, "%s", detail);
                events_add(take->events, NULL,
                           &(GatewayEvent){ .kind = GATEWAY_CLOCK_DIFFERS, .detail = detail });
        }
        take->clock_differs = differs;
}

static void take_record(Take *take, const Message *record)
{
        Text kind, path;
        unsigned door;
        if (!record_text(record, "kind", &kind))
                return;
        if (text_is(kind, "time"))
                take_time(take, record);
        else if (!record_text(record, "door", &path) || !doors_find(take->doors, path, &door))
                log_write(take->log, LOG_WARNING, "doorwardd speaks of a door not served here");
        else if (text_is(kind, "command"))
                take_command(take, record, door);
        else if (text_is(kind, "door"))
                take_door(take, record, door);
}

/* ---- One after the other ---- */

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
        Take *take = data;
        if (take->started)
                next(take);
        else
                take_stop(take); /* it was left */
        return 0;
}

static void next_after(Take *take, uint64_t ms)
{
        (void)sd_event_source_set_time_relative(take->timer, ms * MICROSECONDS_PER_MS);
        (void)sd_event_source_set_enabled(take->timer, SD_EVENT_ONESHOT);
}

static void note_reached(Take *take)
{
        if (!take->reached)
                log_write(take->log, LOG_NOTICE, "doorwardd is reached");
        take->reached = true;
        take->trouble[0] = '\0';
}

/* Each trouble is told when it begins, not with every attempt. code: which it is. */
static void note_trouble(Take *take, const char *code, const char *what, const char *why)
{
        if (strncmp(take->trouble, code, sizeof(take->trouble) - 1) == 0)
                return;
        (void)snprintf(take->trouble, sizeof(take->trouble), "%.*s", (int)sizeof(take->trouble) - 1,
                       code);
        take->reached = false;
        log_write(take->log, LOG_WARNING, "%s: %s", what, why);
}

static void failed(Take *take)
{
        if (!take->started)
                return;
        next_after(take, take->back_off_ms);
        take->back_off_ms *= 2;
        if (take->back_off_ms > TAKE_BACK_OFF_MAX_MS)
                take->back_off_ms = TAKE_BACK_OFF_MAX_MS;
}

static void refused(Take *take, const Message *message)
{
        Text reason = TEXT_NULL;
        char code[ESCAPED_SIZE], why[2 * ESCAPED_SIZE];
        (void)message_text(message, FIELD_REASON, &reason);
        text_escape(reason, code, sizeof(code));
        (void)snprintf(why, sizeof(why), "%s%s", code,
                       text_is(reason, "not-allowed")
                               ? "; at none of its doors is it a caller that may unlock and report"
                               : "");
        take->token[0] = '\0';
        note_trouble(take, code, "doorwardd gives this gateway nothing to do", why);
        failed(take);
}

static void ended(Take *take, const Message *message)
{
        Text token;
        take->token[0] = '\0';
        if (!take->is_in_doubt && message_text(message, FIELD_AFTER, &token) &&
            token.size < sizeof(take->token))
                (void)snprintf(take->token, sizeof(take->token), "%.*s", (int)token.size,
                               token.data);
        take->is_in_doubt = false;
        note_reached(take);
        take->back_off_ms = TAKE_BACK_OFF_MIN_MS;
        /* One that says nothing and does not wait either is not asked as fast as it answers. */
        bool hasty = message->sequence == 0 &&
                     deadline_clock_ns() - take->sent_ns < TAKE_BACK_OFF_MIN_MS * NS_PER_MS;
        if (hasty && !take->leaving)
                next_after(take, TAKE_BACK_OFF_MIN_MS);
        else
                next(take);
}

static void on_reply(void *data, int problem, const Message *message)
{
        Take *take = data;
        bool last = problem != 0 || message->type != MESSAGE_RECORD;
        if (last)
                take->call = NULL;
        if (problem == 0 && message->type != MESSAGE_REFUSAL)
                take->heard_ns = deadline_clock_ns();
        if (problem != 0) {
                note_trouble(take, link_problem_text(problem), "doorwardd is not reached",
                             link_problem_say(take->link, problem));
                failed(take);
        } else if (message->type == MESSAGE_RECORD) {
                take_record(take, message);
        } else if (message->type == MESSAGE_END) {
                ended(take, message);
        } else {
                refused(take, message);
        }
}

/* Return: 0 and the size of the frame, -EMSGSIZE. */
static int make_frame(Take *take, size_t *ret_size)
{
        MessageWriter writer;
        char resource[RESOURCE_TEXT_SIZE];
        message_writer_begin(&writer, take->frame, sizeof(take->frame), MESSAGE_TAKE,
                             link_request_id(take->link), 0);
        for (unsigned i = 0; i < doors_count(take->doors); i++) {
                (void)snprintf(resource, sizeof(resource), "door:%s",
                               doors_door(take->doors, i)->path);
                message_write_text(&writer, FIELD_WITH, text_from(resource));
        }
        message_write_number(&writer, FIELD_SECONDS, TAKE_SECONDS);
        if (take->token[0])
                message_write_text(&writer, FIELD_AFTER, text_from(take->token));
        return message_writer_end(&writer, ret_size);
}

static void next(Take *take)
{
        size_t size;
        if (!(take->started || take->leaving) || take->call)
                return;
        take->sent_ns = deadline_clock_ns();
        int r = make_frame(take, &size);
        if (r == 0)
                r = link_call(take->link, take->frame, size, TAKE_SECONDS * 1000 + TAKE_ANSWER_MS,
                              on_reply, take, &take->call);
        if (r < 0) {
                take->call = NULL;
                note_trouble(take, strerror(-r), "doorwardd cannot be asked", strerror(-r));
                failed(take);
        }
}

/* ---- Life ---- */

int take_new(sd_event *event, Link *link, Doors *doors, Executor *executor, Hold *hold,
             Events *events, Log log, Take **ret_take)
{
        _cleanup_(take_freep) Take *take = calloc(1, sizeof(*take));
        size_t size;
        if (!take)
                return -ENOMEM;
        *take = (Take){ .event = sd_event_ref(event),
                        .link = link,
                        .doors = doors,
                        .executor = executor,
                        .hold = hold,
                        .events = events,
                        .log = log,
                        .back_off_ms = TAKE_BACK_OFF_MIN_MS,
                        .heard_ns = deadline_clock_ns() };
        int r = sd_event_add_time_relative(event, &take->timer, CLOCK_MONOTONIC, 0, 0, on_timer,
                                           take);
        if (r >= 0)
                r = sd_event_source_set_enabled(take->timer, SD_EVENT_OFF);
        /* With the longest token there may be */
        memset(take->token, 'x', sizeof(take->token) - 1);
        if (r >= 0)
                r = make_frame(take, &size);
        take->token[0] = '\0';
        if (r < 0)
                return r;
        *ret_take = take;
        take = NULL;
        return 0;
}

Take *take_free(Take *take)
{
        if (!take)
                return NULL;
        take_stop(take);
        sd_event_source_disable_unref(take->timer);
        sd_event_unref(take->event);
        free(take);
        return NULL;
}

void take_start(Take *take)
{
        take->started = true;
        take->leaving = false;
        (void)sd_event_source_set_enabled(take->timer, SD_EVENT_OFF);
        next(take);
}

void take_stop(Take *take)
{
        take->started = take->leaving = false;
        (void)sd_event_source_set_enabled(take->timer, SD_EVENT_OFF);
        link_cancel(take->call);
        take->call = NULL;
}

void take_leave(Take *take)
{
        take->started = false;
        take->leaving = true;
        next_after(take, TAKE_LEAVE_MS);
        next(take);
}

uint64_t take_heard_ns(const Take *take)
{
        return take->heard_ns;
}
