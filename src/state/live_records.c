/* SPDX-License-Identifier: MIT */
/*
 * Live records: see live_records.h.
 *
 * A treap: a binary tree ordered by kind and resource whose shape is that of a heap of random
 * priorities, so that it is about 2 log n deep whatever the order of insertion. Each node knows how
 * many records stand below it and when the first of them ends. Records never move: who borrows one
 * keeps it until that very record goes.
 */
#include "state/live_records.h"

#include <errno.h>

#include "policy/query.h"
#include "util/timestamp.h"

typedef struct Node {
        LiveRecord record; /* its texts lie in bytes */
        struct Node *left, *right;
        uint32_t priority, count;
        int64_t first_end_s; /* of this one and all below */
        char bytes[];
} Node;

struct LiveRecords {
        Node *root;
        uint32_t random;
        size_t counts[LIVE_KIND_COUNT];
};

LiveRecords *live_records_new(void)
{
        LiveRecords *records = calloc(1, sizeof(*records));
        if (records)
                records->random = 0x9e3779b9;
        return records;
}

static void free_nodes(Node *node)
{
        if (!node)
                return;
        free_nodes(node->left);
        free_nodes(node->right);
        free(node);
}

LiveRecords *live_records_free(LiveRecords *records)
{
        if (!records)
                return NULL;
        free_nodes(records->root);
        free(records);
        return NULL;
}

/* xorshift32 (Marsaglia 2003): balance needs no more. */
static uint32_t next_random(LiveRecords *records)
{
        uint32_t value = records->random;
        value ^= value << 13;
        value ^= value >> 17;
        value ^= value << 5;
        return records->random = value;
}

static int compare(LiveKind kind, Text resource, const Node *node)
{
        if (kind != node->record.kind)
                return kind < node->record.kind ? -1 : 1;
        return text_compare(resource, node->record.resource);
}

static uint32_t count_of(const Node *node)
{
        return node ? node->count : 0;
}

static int64_t first_end_of(const Node *node)
{
        return node ? node->first_end_s : TIMESTAMP_MAX;
}

static int64_t end_of(const LiveRecord *record)
{
        return record->ended ? TIMESTAMP_MAX : record->until_s;
}

/* Brings up to date what a node knows about those below it. */
static void refresh(Node *node)
{
        int64_t end_s = end_of(&node->record);
        if (first_end_of(node->left) < end_s)
                end_s = first_end_of(node->left);
        if (first_end_of(node->right) < end_s)
                end_s = first_end_of(node->right);
        node->first_end_s = end_s;
        node->count = 1 + count_of(node->left) + count_of(node->right);
}

/* Splits a tree (taken) at a key: before it, and (at and) after it. */
static void split(Node *node, LiveKind kind, Text resource, bool key_goes_left, Node **ret_left,
                  Node **ret_right)
{
        if (!node) {
                *ret_left = *ret_right = NULL;
                return;
        }
        int order = compare(kind, resource, node);
        if (order > 0 || (order == 0 && key_goes_left)) {
                split(node->right, kind, resource, key_goes_left, &node->right, ret_right);
                *ret_left = node;
        } else {
                split(node->left, kind, resource, key_goes_left, ret_left, &node->left);
                *ret_right = node;
        }
        refresh(node);
}

/* Joins two trees (taken); everything in left comes before everything in right. */
static Node *merge(Node *left, Node *right)
{
        if (!left || !right)
                return left ? left : right;
        if (left->priority > right->priority) {
                left->right = merge(left->right, right);
                refresh(left);
                return left;
        }
        right->left = merge(left, right->left);
        refresh(right);
        return right;
}

bool live_record_is_valid(const LiveRecord *record)
{
        static const ResourceType TYPES[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = RESOURCE_USER,   [LIVE_DATES] = RESOURCE_USER,
                [LIVE_OVERRIDE] = RESOURCE_DOOR,     [LIVE_BLOCK] = RESOURCE_DOOR,
                [LIVE_LOCKDOWN] = RESOURCE_LOCKDOWN,
        };
        Resource resource;
        const LiveNote *note = &record->note;
        return (unsigned)record->kind < LIVE_KIND_COUNT && note->by.size <= LIVE_TEXT_MAX &&
               note->why.size <= LIVE_TEXT_MAX && note->decision_id.size <= LIVE_DECISION_ID_MAX &&
               record->from_s < record->until_s &&
               (record->kind != LIVE_OVERRIDE || (unsigned)record->state < DOOR_STATE_COUNT) &&
               (record->kind == LIVE_DATES || !record->ended) &&
               resource_parse(record->resource, &resource, NULL) == 0 &&
               resource.type == TYPES[record->kind];
}

static Text copy(Text text, char **buffer)
{
        char *start = *buffer;
        if (text.size)
                memcpy(start, text.data, text.size);
        *buffer += text.size;
        return (Text){ start, text.size };
}

static Node *new_node(LiveRecords *records, const LiveRecord *record)
{
        const LiveNote *note = &record->note;
        Node *node = malloc(sizeof(*node) + record->resource.size + note->by.size + note->why.size +
                            note->decision_id.size);
        if (!node)
                return NULL;
        *node = (Node){ .record = *record, .priority = next_random(records) };
        char *buffer = node->bytes;
        node->record.resource = copy(record->resource, &buffer);
        node->record.note.kind = record->kind;
        node->record.note.by = copy(note->by, &buffer);
        node->record.note.why = copy(note->why, &buffer);
        node->record.note.decision_id = copy(note->decision_id, &buffer);
        if (record->kind != LIVE_OVERRIDE)
                node->record.state = DOOR_STATE_UNLOCKED;
        refresh(node);
        return node;
}

int live_records_put(LiveRecords *records, const LiveRecord *record)
{
        if (!live_record_is_valid(record))
                return -EINVAL;
        if (live_records_count(records) >= LIVE_RECORDS_MAX &&
            !live_records_find(records, record->kind, record->resource))
                return -E2BIG;
        Node *node = new_node(records, record), *before, *same, *after;
        if (!node)
                return -ENOMEM;
        LiveKind kind = node->record.kind;
        Text resource = node->record.resource;
        split(records->root, kind, resource, false, &before, &after);
        split(after, kind, resource, true, &same, &after);
        records->counts[kind] += same ? 0 : 1;
        free(same);
        records->root = merge(merge(before, node), after);
        return 0;
}

bool live_records_remove(LiveRecords *records, LiveKind kind, Text resource)
{
        Node *before, *same, *after;
        split(records->root, kind, resource, false, &before, &after);
        split(after, kind, resource, true, &same, &after);
        records->root = merge(before, after);
        if (same)
                records->counts[kind]--;
        free(same);
        return same;
}

const LiveRecord *live_records_find(const LiveRecords *records, LiveKind kind, Text resource)
{
        const Node *node = records->root;
        while (node) {
                int order = compare(kind, resource, node);
                if (order == 0)
                        return &node->record;
                node = order < 0 ? node->left : node->right;
        }
        return NULL;
}

const LiveRecord *live_records_at(const LiveRecords *records, size_t at)
{
        const Node *node = records->root;
        while (node) {
                size_t before = count_of(node->left);
                if (at == before)
                        return &node->record;
                node = at < before ? node->left : node->right;
                at -= at < before ? 0 : before + 1;
        }
        return NULL;
}

size_t live_records_count(const LiveRecords *records)
{
        return count_of(records->root);
}

size_t live_records_count_kind(const LiveRecords *records, LiveKind kind)
{
        return (unsigned)kind < LIVE_KIND_COUNT ? records->counts[kind] : 0;
}

static int walk(const Node *node, int (*visit)(void *data, const LiveRecord *), void *data)
{
        if (!node)
                return 0;
        int r = walk(node->left, visit, data);
        if (r == 0)
                r = visit(data, &node->record);
        return r != 0 ? r : walk(node->right, visit, data);
}

int live_records_walk(const LiveRecords *records, int (*visit)(void *data, const LiveRecord *),
                      void *data)
{
        return walk(records->root, visit, data);
}

/* Only where something has ended and was not taken out yet both sides are looked at. */
static int64_t next_end(const Node *node, int64_t now_s)
{
        if (!node)
                return TIMESTAMP_MAX;
        if (node->first_end_s > now_s)
                return node->first_end_s;
        int64_t end_s = end_of(&node->record);
        if (end_s <= now_s)
                end_s = TIMESTAMP_MAX;
        int64_t left_s = next_end(node->left, now_s), right_s = next_end(node->right, now_s);
        if (left_s < end_s)
                end_s = left_s;
        return right_s < end_s ? right_s : end_s;
}

int64_t live_records_next_end(const LiveRecords *records, int64_t now_s)
{
        return next_end(records->root, now_s);
}

const LiveRecord *live_records_first_ended(const LiveRecords *records, int64_t now_s)
{
        const Node *node = records->root;
        while (node && node->first_end_s <= now_s) {
                if (node->left && node->left->first_end_s <= now_s)
                        node = node->left;
                else if (end_of(&node->record) <= now_s)
                        return &node->record;
                else
                        node = node->right;
        }
        return NULL;
}
