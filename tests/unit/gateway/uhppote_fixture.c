/* SPDX-License-Identifier: MIT */
/* UHPPOTE fixture: see uhppote_fixture.h. */
#include "uhppote_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/deadline.h"

enum { AWAIT_MS = 8000, SETTLE_POLLS = 4 };

__attribute__((format(printf, 2, 3))) static void line_add(World *world, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        int size = vsnprintf(world->lines + world->size, sizeof(world->lines) - world->size, format,
                             arguments);
        va_end(arguments);
        assert_true(size > 0 && (size_t)size < sizeof(world->lines) - world->size);
        world->size += (size_t)size;
}

static void door_print(char text[static 12], unsigned door)
{
        if (door == UINT_MAX)
                strcpy(text, "-");
        else
                snprintf(text, 12, "%u", door);
}

static void on_done(void *data, unsigned door, const char *command_id, DriverResult result,
                    const char *detail)
{
        static const char *const WORDS[] = { "commanded", "refused", "failed", "unknown", "late" };

        line_add(data, "done %u %s %s %s\n", door, command_id, WORDS[result], detail ? detail : "");
}

static void on_observed(void *data, unsigned door, const GatewayEvent *event)
{
        char at[12];

        door_print(at, door);
        line_add(data, "observed %s %s %s card=%" PRIu64 " time=%" PRId64 " %s\n", at,
                 gateway_event_word(event->kind), event->command_id ? event->command_id : "-",
                 event->card, event->time_s, event->detail ? event->detail : "");
}

static void on_swiped(void *data, unsigned door, uint64_t card)
{
        line_add(data, "swiped %u %" PRIu64 "\n", door, card);
}

static uint64_t on_get_cursor(void *data)
{
        return ((World *)data)->cursor;
}

static int on_put_cursor(void *data, uint64_t cursor)
{
        World *world = data;

        if (world->put_error == 0)
                world->cursor = cursor;
        return world->put_error;
}

static bool on_still_valid(void *data, unsigned door, const char *command_id)
{
        return ((World *)data)->valid;
}

static void on_log(void *data, int priority, const char *line)
{
        line_add(data, "log %d %s\n", priority, line);
}

int world_set_up(void **state)
{
        World *world = calloc(1, sizeof(*world));

        assert_non_null(world);
        assert_true(sd_event_new(&world->event) >= 0);
        assert_int_equal(fake_board_new(world->event, 0, WORLD_SERIAL, NULL, &world->board), 0);
        snprintf(world->address, sizeof(world->address), "127.0.0.1:%u", world->board->port);
        world->doors[0] = (DriverDoor){ .path = "acme/HQ/D1", .number = 1, .has_contact = true };
        world->doors[1] = (DriverDoor){ .path = "acme/HQ/D2", .number = 2 };
        world->controller = (DriverController){ .name = "board-1",
                                                .address = world->address,
                                                .serial = WORLD_SERIAL,
                                                .timeout_ms = 1000,
                                                .doors = world->doors,
                                                .door_count = 2 };
        world->host = (DriverHost){ .event = world->event,
                                    .data = world,
                                    .done = on_done,
                                    .observed = on_observed,
                                    .swiped = on_swiped,
                                    .get_cursor = on_get_cursor,
                                    .put_cursor = on_put_cursor,
                                    .still_valid = on_still_valid,
                                    .log = on_log };
        world->times = (UhppoteTimes){ .poll_ms = 10,
                                       .keep_ms = 40,
                                       .compare_ms = 20,
                                       .turn_ms = 1000,
                                       .secure_ms = 20,
                                       .fresh_ms = 2000 };
        world->valid = true;
        *state = world;
        return 0;
}

int world_tear_down(void **state)
{
        World *world = *state;

        if (world->state)
                driver_uhppote.stop(world->state);
        fake_board_free(world->board);
        sd_event_unref(world->event);
        free(world);
        return 0;
}

void world_listen(World *world)
{
        struct sockaddr_in address = { .sin_family = AF_INET };
        socklen_t size = sizeof(address);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
        close(fd);
        snprintf(world->listen, sizeof(world->listen), "127.0.0.1:%u", ntohs(address.sin_port));
        world->controller.listen = world->listen;
}

void world_start(World *world)
{
        assert_int_equal(
                uhppote_start_with(&world->controller, &world->host, &world->times, &world->state),
                0);
}

void world_start_heard(World *world)
{
        world_start(world);
        world_await(world, "observed - controller-found");
        world_settle(world);
}

void world_stop(World *world)
{
        driver_uhppote.stop(world->state);
        world->state = NULL;
}

/* One turn of the loop. */
static void turn(World *world, uint64_t until)
{
        if (deadline_clock_ns() > until)
                fail_msg("waited in vain; what was told:\n%s", world->lines);
        assert_true(sd_event_run(world->event, 20000) >= 0);
}

static uint64_t await_until(void)
{
        return deadline_clock_ns() + AWAIT_MS * UINT64_C(1000000);
}

unsigned world_count(const World *world, const char *line)
{
        unsigned count = 0;
        size_t size = strlen(line);

        for (const char *at = world->lines; at && *at;) {
                count += strncmp(at, line, size) == 0;
                at = strchr(at, '\n');
                at = at ? at + 1 : NULL;
        }
        return count;
}

void world_await(World *world, const char *line)
{
        uint64_t until = await_until();

        while (world_count(world, line) == 0)
                turn(world, until);
}

void world_await_requests(World *world, unsigned function, unsigned count)
{
        uint64_t until = await_until();

        while (world->board->requests[function] < count)
                turn(world, until);
}

void world_await_mode(World *world, unsigned door, uint8_t mode)
{
        uint64_t until = await_until();

        while (world->board->doors[door - 1].mode != mode)
                turn(world, until);
}

void world_settle(World *world)
{
        world_await_requests(world, 0x20, world->board->requests[0x20] + SETTLE_POLLS);
}

void world_settle_once(World *world)
{
        world_await_requests(world, 0x20, world->board->requests[0x20] + 1);
}

void world_pass(World *world, unsigned ms)
{
        uint64_t until = deadline_clock_ns() + ms * UINT64_C(1000000);

        while (deadline_clock_ns() < until)
                assert_true(sd_event_run(world->event, 5000) >= 0);
}

void world_do(World *world, const char *command)
{
        assert_int_equal(fake_board_command(world->board, command), 0);
}

void world_open(World *world, unsigned door, uint32_t seconds, const char *command_id)
{
        assert_int_equal(driver_uhppote.open(world->state, door, seconds, command_id), 0);
}

void world_send_notice(World *world, const char *from, const uint8_t *bytes, size_t size)
{
        struct sockaddr_in source = { .sin_family = AF_INET }, to = source;
        int fd = socket(AF_INET, SOCK_DGRAM, 0);

        source.sin_addr.s_addr = inet_addr(from);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons((uint16_t)atoi(strchr(world->listen, ':') + 1));
        assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&source, sizeof(source)) == 0);
        assert_int_equal(sendto(fd, bytes, size, 0, (struct sockaddr *)&to, sizeof(to)), size);
        close(fd);
}

void world_notice_make(uint32_t serial, uint32_t index, uint8_t bytes[static FAKE_SIZE])
{
        memset(bytes, 0, FAKE_SIZE);
        bytes[0] = 0x17;
        bytes[1] = 0x20;
        for (unsigned i = 0; i < 4; i++) {
                bytes[4 + i] = (uint8_t)(serial >> 8 * i);
                bytes[8 + i] = (uint8_t)(index >> 8 * i);
        }
}
