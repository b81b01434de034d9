/* SPDX-License-Identifier: MIT */
/*
 * Fake board's commands: what happens at its doors, and what it is to do wrong, a line each.
 * Numbers are decimal, or begin with 0x; a switch is 1 or 0.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"

typedef struct Numbers {
        uint32_t at[3];
} Numbers;

static bool is_door(uint32_t number)
{
        return number >= 1 && number <= FAKE_DOORS;
}

static void swipe(FakeBoard *board, Numbers n)
{
        if (is_door(n.at[1]))
                fake_board_swipe(board, n.at[0], n.at[1]);
}

static void card(FakeBoard *board, Numbers n)
{
        if (board->card_count < FAKE_CARDS)
                board->cards[board->card_count++] = n.at[0];
}

static void contact(FakeBoard *board, Numbers n)
{
        if (!is_door(n.at[0]))
                return;
        board->doors[n.at[0] - 1].open = n.at[1];
        if (board->special)
                fake_board_add(board, (FakeEvent){ .type = 2,
                                                   .granted = 1,
                                                   .door = (uint8_t)n.at[0],
                                                   .direction = 1,
                                                   .reason = n.at[1] ? 0x17 : 0x18 });
}

static void button(FakeBoard *board, Numbers n)
{
        if (board->special && is_door(n.at[0]))
                fake_board_add(board, (FakeEvent){ .type = 2,
                                                   .granted = 1,
                                                   .door = (uint8_t)n.at[0],
                                                   .direction = 1,
                                                   .reason = 0x14 });
}

static void event(FakeBoard *board, Numbers n)
{
        fake_board_add(board, (FakeEvent){ .type = 3,
                                           .reason = (uint8_t)n.at[0],
                                           .door = (uint8_t)n.at[1],
                                           .card = n.at[2] });
}

static void forget(FakeBoard *board, Numbers n)
{
        unsigned count = n.at[0] < board->event_count ? n.at[0] : board->event_count;

        memmove(board->events, board->events + count,
                (board->event_count - count) * sizeof(board->events[0]));
        board->event_count -= count;
}

static void mode(FakeBoard *board, Numbers n)
{
        if (!is_door(n.at[0]))
                return;
        board->doors[n.at[0] - 1].mode = (uint8_t)n.at[1];
        board->doors[n.at[0] - 1].delay = (uint8_t)n.at[2];
}

static void notify(FakeBoard *board, Numbers n)
{
        fake_board_notify(board, n.at[0]);
}

/* Commands that set one number or switch. */
/* clang-format off */
#define SETTING(field)                                                                             \
        { #field, 1, NULL, offsetof(FakeBoard, field), sizeof(((FakeBoard *)0)->field) }
/* clang-format on */

static const struct Command {
        const char *name;
        unsigned numbers;
        void (*run)(FakeBoard *board, Numbers numbers);
        size_t offset, size;
} commands[] = {
        { "swipe", 2, swipe },     /* CARD DOOR */
        { "card", 1, card },       /* CARD: into the board's own list */
        { "contact", 2, contact }, /* DOOR OPEN */
        { "button", 1, button },   /* DOOR */
        { "event", 3, event },     /* REASON DOOR CARD */
        { "forget", 1, forget },   /* COUNT: of its oldest events */
        { "mode", 3, mode },       /* DOOR MODE DELAY: set by somebody else */
        { "notify", 1, notify },   /* INDEX: an event is sent again */
        SETTING(serial),
        SETTING(inputs),
        SETTING(error),
        SETTING(capacity),
        SETTING(notices_off),
        SETTING(faults.silent),
        SETTING(faults.deaf),
        SETTING(faults.silent_only),
        SETTING(faults.refuses),
        SETTING(faults.stubborn),
        SETTING(faults.delay_ms),
        SETTING(faults.copies),
        SETTING(faults.other_serial),
        SETTING(faults.other_port),
        SETTING(faults.size),
        SETTING(faults.other_function),
        SETTING(faults.skips),
        SETTING(faults.forgetful),
        SETTING(faults.other_door),
        SETTING(faults.bad_value),
};

static void setting_set(FakeBoard *board, const struct Command *command, uint32_t number)
{
        uint8_t byte = (uint8_t)number;
        void *field = (uint8_t *)board + command->offset;

        if (command->size == 1)
                memcpy(field, &byte, 1);
        else
                memcpy(field, &number, sizeof(number));
}

static int numbers_read(const char *text, unsigned count, Numbers *ret_numbers)
{
        for (unsigned i = 0; i < count; i++) {
                char *end;
                errno = 0;
                unsigned long number = strtoul(text, &end, 0);
                if (end == text || errno || number > UINT32_MAX)
                        return -EINVAL;
                ret_numbers->at[i] = (uint32_t)number;
                text = end;
        }
        return text[strspn(text, " \n")] ? -EINVAL : 0;
}

int fake_board_command(FakeBoard *board, const char *line)
{
        size_t size = strcspn(line, " \n");

        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
                const struct Command *command = &commands[i];
                Numbers numbers = { 0 };
                if (strncmp(line, command->name, size) != 0 || command->name[size])
                        continue;
                int r = numbers_read(line + size, command->numbers, &numbers);
                if (r == 0 && command->run)
                        command->run(board, numbers);
                else if (r == 0)
                        setting_set(board, command, numbers.at[0]);
                return r;
        }
        return -EINVAL;
}
