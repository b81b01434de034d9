/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a datagram that may be a UHPPOTE controller's
 *
 * Checked besides memory: a message is taken for one function at most, nothing but 64 bytes is a
 * message, a value that was read lies within its range, and what was refused has set nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "gateway/uhppote_message.h"
#include "gateway/uhppote_reason.h"

enum { SERIAL_OFFSET = 4, UNTOUCHED = 0x5a };

/* No later than the year 9999 */
#define CLOCK_MAX INT64_C(253402300800)

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void event_check(const UhppoteEvent *event)
{
        const UhppoteReason *reason = uhppote_reason_find(event->reason);

        promise(event->door <= UHPPOTE_DOORS && event->clock_s < CLOCK_MAX);
        promise(!reason || gateway_event_word(reason->kind));
}

static void status_check(const uint8_t *message)
{
        UhppoteStatus status, untouched;

        memset(&status, UNTOUCHED, sizeof(status));
        memset(&untouched, UNTOUCHED, sizeof(untouched));
        if (uhppote_read_status(message, &status) > 0) {
                promise(memcmp(&status, &untouched, sizeof(status)) == 0);
                return;
        }
        event_check(&status.event);
        promise(status.clock_s < CLOCK_MAX);
}

static void reply_check(UhppoteFunction function, const uint8_t *message)
{
        UhppoteDoorControl control;
        UhppoteListener listener;
        UhppoteEvent event;
        bool done;

        if (function == UHPPOTE_GET_STATUS)
                status_check(message);
        else if (function == UHPPOTE_GET_EVENT && uhppote_read_event(message, &event) == 0)
                event_check(&event);
        else if (function == UHPPOTE_GET_LISTENER)
                promise(uhppote_read_listener(message, &listener) == 0);
        else if (function == UHPPOTE_GET_DOOR_CONTROL &&
                 uhppote_read_door_control(message, &control) == 0)
                promise(control.door >= 1 && control.door <= UHPPOTE_DOORS &&
                        control.mode >= UHPPOTE_NORMALLY_OPEN &&
                        control.mode <= UHPPOTE_CONTROLLED);
        else if (uhppote_read_done(message, &done) == 0)
                promise(done == message[8]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const UhppoteFunction FUNCTIONS[] = {
                UHPPOTE_GET_STATUS,
                UHPPOTE_OPEN_DOOR,
                UHPPOTE_SET_DOOR_CONTROL,
                UHPPOTE_GET_DOOR_CONTROL,
                UHPPOTE_SET_LISTENER,
                UHPPOTE_GET_LISTENER,
                UHPPOTE_RECORD_SPECIAL_EVENTS,
                UHPPOTE_SET_PC_CONTROL,
                UHPPOTE_GET_EVENT,
        };
        uint32_t serial = 0;
        unsigned taken = 0;

        if (size >= SERIAL_OFFSET + sizeof(serial))
                for (unsigned i = 0; i < sizeof(serial); i++)
                        serial |= (uint32_t)data[SERIAL_OFFSET + i] << 8 * i;
        for (size_t i = 0; i < sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]); i++) {
                if (uhppote_reply_check(data, size, FUNCTIONS[i], serial) > 0)
                        continue;
                taken++;
                promise(uhppote_reply_check(data, size, FUNCTIONS[i], serial + 1) > 0);
                reply_check(FUNCTIONS[i], data);
        }
        if (uhppote_notice_check(data, size, serial) == 0)
                status_check(data);
        promise(taken <= 1 && (taken == 0 || size == UHPPOTE_MESSAGE_SIZE));
        return 0;
}
