/* SPDX-License-Identifier: MIT */
/* Live queue: see live_queue.h. */
#include "daemon/live_queue.h"

static LiveTask *first_of(const LiveQueue *queue, Text resource)
{
        for (LiveTask *task = queue->first; task; task = task->next)
                if (text_equal(task->resource, resource))
                        return task;
        return NULL;
}

static size_t count_of(const LiveQueue *queue, Text resource)
{
        size_t count = 0;
        for (const LiveTask *task = queue->first; task; task = task->next)
                count += text_equal(task->resource, resource);
        return count;
}

static void begin(LiveTask *task)
{
        task->running = true;
        task->begin(task);
}

bool live_queue_add(LiveQueue *queue, LiveTask *task)
{
        size_t others = count_of(queue, task->resource);
        if (others >= LIVE_WAITING_OF_RESOURCE_MAX)
                return false;
        task->next = NULL;
        if (queue->last)
                queue->last->next = task;
        else
                queue->first = task;
        queue->last = task;
        queue->count++;
        if (others == 0)
                begin(task);
        return true;
}

bool live_queue_holds(const LiveQueue *queue, Text resource)
{
        return first_of(queue, resource) != NULL;
}

void live_queue_take_out(LiveQueue *queue, LiveTask *task)
{
        LiveTask *previous = NULL;
        for (LiveTask *at = queue->first; at && at != task; at = at->next)
                previous = at;
        if (previous)
                previous->next = task->next;
        else
                queue->first = task->next;
        if (queue->last == task)
                queue->last = previous;
        task->next = NULL;
        queue->count--;
}

void live_queue_finish(LiveQueue *queue, LiveTask *task)
{
        live_queue_take_out(queue, task);
        LiveTask *next = first_of(queue, task->resource);
        if (next)
                begin(next);
}

void live_queue_close(LiveQueue *queue)
{
        while (queue->first) {
                LiveTask *task = queue->first;
                live_queue_take_out(queue, task);
                task->drop(task);
        }
}
