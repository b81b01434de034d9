/* SPDX-License-Identifier: MIT */
/* Swipe: see swipe.h. */
#include "gateway/swipe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/vocabulary.h"
#include "util/deadline.h"

#define NS_PER_MS          UINT64_C(1000000)
#define RESOURCE_TEXT_SIZE 4096
#define DETAIL_SIZE        128

/* One question under way. */
typedef struct Question {
        Swipe *swipe; /* NULL: this place is free */
        LinkCall *call;
        unsigned door;
        uint64_t card;
        uint64_t shown_ns;
} Question;

struct Swipe {
        Link *link;
        Doors *doors;
        Executor *executor;
        Events *events;
        Log log;
        Question questions[SWIPES_MAX];
};

/* Nobody could be asked: doorwardd cannot know of this card unless it is told. */
static void tell_denied(Swipe *swipe, unsigned door, uint64_t card, const char *why)
{
        char detail[DETAIL_SIZE];
        const char *path = doors_door(swipe->doors, door)->path;
        (void)snprintf(detail, sizeof(detail), "doorwardd gave no answer: %s", why);
        log_write(swipe->log, LOG_WARNING, "%s: a card is not decided; %s", path, detail);
        events_add(swipe->events, path,
                   &(GatewayEvent){
                           .kind = GATEWAY_CONTROLLER_DENIED, .card = card, .detail = detail });
}

/* Whether a text of the answer is the door that was asked about. */
static bool is_door(const Question *question, const Message *answer, FieldTag tag)
{
        Text text;
        unsigned door;
        return message_text(answer, tag, &text) &&
               doors_find(question->swipe->doors, text, &door) && door == question->door;
}

/* Reads an allow that made a command for this door. */
static bool read_command(const Question *question, const Message *answer, Command *ret_command)
{
        Text id;
        uint32_t seconds;
        int64_t not_after_s;
        if (!is_door(question, answer, FIELD_RESOURCE) || !is_door(question, answer, FIELD_DOOR) ||
            !message_text(answer, FIELD_DECISION_ID, &id) || !executor_id_is_valid(id) ||
            !message_number(answer, FIELD_RELEASE_SECONDS, &seconds) || seconds == 0 ||
            seconds > EXECUTOR_RELEASE_MAX || !message_time(answer, FIELD_NOT_AFTER, &not_after_s))
                return false;
        *ret_command = (Command){ .door = question->door,
                                  .seconds = seconds,
                                  .not_after_s = not_after_s,
                                  .valid_until_ns = question->shown_ns + SWIPE_VALID_MS * NS_PER_MS,
                                  .card = question->card };
        memcpy(ret_command->id, id.data, id.size);
        return true;
}

static void answered(const Question *question, const Message *answer)
{
        Swipe *swipe = question->swipe;
        uint32_t outcome;
        Command command;
        if (!message_number(answer, FIELD_OUTCOME, &outcome) || outcome != OUTCOME_ALLOW)
                return; /* doorwardd has recorded its denial */
        if (read_command(question, answer, &command))
                executor_command(swipe->executor, &command);
        else
                tell_denied(swipe, question->door, question->card, "an allow of something else");
}

static void on_reply(void *data, int problem, const Message *message)
{
        Question *place = data, question = *place;
        *place = (Question){ 0 };
        if (problem != 0) {
                tell_denied(question.swipe, question.door, question.card,
                            link_problem_text(problem));
        } else if (message->type == MESSAGE_ANSWER) {
                answered(&question, message);
        } else if (message->type == MESSAGE_REFUSAL) {
                Text reason = TEXT_NULL;
                char code[DETAIL_SIZE / 2];
                (void)message_text(message, FIELD_REASON, &reason);
                tell_denied(question.swipe, question.door, question.card,
                            text_escape(reason, code, sizeof(code)));
        } else { /* a RECORD, or an END: neither belongs to an ENTER */
                if (message->type == MESSAGE_RECORD)
                        link_cancel(question.call);
                tell_denied(question.swipe, question.door, question.card, "no answer at all");
        }
}

static Question *find_place(Swipe *swipe)
{
        for (size_t i = 0; i < SWIPES_MAX; i++)
                if (!swipe->questions[i].swipe)
                        return &swipe->questions[i];
        return NULL;
}

static int send_question(Question *question)
{
        Swipe *swipe = question->swipe;
        uint8_t frame[RESOURCE_TEXT_SIZE + 256];
        char resource[RESOURCE_TEXT_SIZE], card[24];
        MessageWriter writer;
        size_t size;
        (void)snprintf(resource, sizeof(resource), "door:%s",
                       doors_door(swipe->doors, question->door)->path);
        (void)snprintf(card, sizeof(card), "%" PRIu64, question->card);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ENTER,
                             link_request_id(swipe->link), 0);
        message_write_text(&writer, FIELD_RESOURCE, text_from(resource));
        message_write_text(&writer, FIELD_CARD, text_from(card));
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r
                     : link_call(swipe->link, frame, size, SWIPE_ANSWER_MS, on_reply, question,
                                 &question->call);
}

void swipe_ask(Swipe *swipe, unsigned door, uint64_t card)
{
        Question *place = find_place(swipe);
        if (!place) {
                tell_denied(swipe, door, card, "too many cards at once");
                return;
        }
        *place = (Question){
                .swipe = swipe, .door = door, .card = card, .shown_ns = deadline_clock_ns()
        };
        int r = send_question(place);
        if (r < 0) {
                *place = (Question){ 0 };
                tell_denied(swipe, door, card, strerror(-r));
        }
}

int swipe_new(Link *link, Doors *doors, Executor *executor, Events *events, Log log,
              Swipe **ret_swipe)
{
        Swipe *swipe = calloc(1, sizeof(*swipe));
        if (!swipe)
                return -ENOMEM;
        swipe->link = link;
        swipe->doors = doors;
        swipe->executor = executor;
        swipe->events = events;
        swipe->log = log;
        *ret_swipe = swipe;
        return 0;
}

Swipe *swipe_free(Swipe *swipe)
{
        if (!swipe)
                return NULL;
        for (size_t i = 0; i < SWIPES_MAX; i++)
                if (swipe->questions[i].swipe)
                        link_cancel(swipe->questions[i].call);
        free(swipe);
        return NULL;
}
