/* SPDX-License-Identifier: MIT */
/*
 * Turn away: see turn_away.h. Addresses and codes share slots of a table of fixed size, found by a
 * hash: a peer with many addresses uses no memory, and at worst makes others' reports rarer.
 */
#include "http/turn_away.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS       1024
#define SLOT_MS     1000
#define TIMEOUT_MS  5000
#define REPORTS_MAX 32 /* under way: the link is there for requests */
#define TOKEN       1000u
#define FRAME_SIZE  1024
#define WHY_SIZE    256
#define HASH_OFFSET 2166136261u /* FNV-1a */
#define HASH_PRIME  16777619u

typedef struct Slot {
        bool used;
        uint64_t told_ms;
        uint32_t left_out;
} Slot;

struct TurnAway {
        Link *link;
        uint64_t tokens; /* thousandths of a report */
        uint64_t filled_ms;
        Slot slots[SLOTS];
        LinkCall *reports[REPORTS_MAX]; /* NULL: a free place */
};

TurnAway *turn_away_new(Link *link)
{
        TurnAway *turn_away = calloc(1, sizeof(*turn_away));
        if (turn_away) {
                turn_away->link = link;
                turn_away->tokens = TURN_AWAY_BURST * TOKEN;
        }
        return turn_away;
}

TurnAway *turn_away_free(TurnAway *turn_away)
{
        if (!turn_away)
                return NULL;
        for (size_t i = 0; i < REPORTS_MAX; i++)
                link_cancel(turn_away->reports[i]);
        free(turn_away);
        return NULL;
}

static Slot *slot_of(TurnAway *turn_away, const char *host, const char *code)
{
        uint32_t hash = HASH_OFFSET;
        for (const char *byte = host; *byte; byte++)
                hash = (hash ^ (uint8_t)*byte) * HASH_PRIME;
        for (const char *byte = code; *byte; byte++)
                hash = (hash ^ (uint8_t)*byte) * HASH_PRIME;
        return &turn_away->slots[hash % SLOTS];
}

static bool take_token(TurnAway *turn_away, uint64_t now_ms)
{
        uint64_t full = TURN_AWAY_BURST * TOKEN;
        uint64_t passed_ms = now_ms > turn_away->filled_ms ? now_ms - turn_away->filled_ms : 0;
        if (passed_ms > full)
                passed_ms = full;
        turn_away->filled_ms = now_ms;
        turn_away->tokens += passed_ms * TURN_AWAY_PER_SECOND;
        if (turn_away->tokens > full)
                turn_away->tokens = full;
        if (turn_away->tokens < TOKEN)
                return false;
        turn_away->tokens -= TOKEN;
        return true;
}

/* What comes of a report is doorwardd's: it has been counted here, whatever becomes of it. */
static void on_reply(void *data, int problem, const Message *message)
{
        LinkCall **report = data;
        if (problem != 0 || message->type != MESSAGE_RECORD)
                *report = NULL;
}

static int send(TurnAway *turn_away, LinkCall **report, const char *host, const char *why,
                const char *certificate)
{
        uint8_t frame[FRAME_SIZE];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_TURN_AWAY,
                             link_request_id(turn_away->link), 0);
        message_write_text(&writer, FIELD_REMOTE_HOST, text_from(host));
        message_write_text(&writer, FIELD_WHY, text_from(why));
        if (certificate && *certificate)
                message_write_text(&writer, FIELD_CERTIFICATE, text_from(certificate));
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r
                     : link_call(turn_away->link, frame, size, TIMEOUT_MS, on_reply, report,
                                 report);
}

bool turn_away_tell(TurnAway *turn_away, const char *host, const char *code, const char *text,
                    const char *certificate, uint64_t now_ms)
{
        char why[WHY_SIZE], line[WHY_SIZE - TURN_AWAY_CODE_MAX - 40];
        size_t place = 0;
        Slot *slot = slot_of(turn_away, host, code);
        while (place < REPORTS_MAX && turn_away->reports[place])
                place++;
        if (place == REPORTS_MAX || (slot->used && now_ms - slot->told_ms < SLOT_MS) ||
            !take_token(turn_away, now_ms)) {
                slot->left_out++;
                return false;
        }
        (void)text_escape(text_from(text), line, sizeof(line));
        if (slot->left_out > 0)
                (void)snprintf(why, sizeof(why), "%.*s %s (and %u more before)", TURN_AWAY_CODE_MAX,
                               code, line, slot->left_out);
        else
                (void)snprintf(why, sizeof(why), "%.*s %s", TURN_AWAY_CODE_MAX, code, line);
        if (send(turn_away, &turn_away->reports[place], host, why, certificate) < 0) {
                slot->left_out++;
                return false;
        }
        *slot = (Slot){ .used = true, .told_ms = now_ms };
        return true;
}
