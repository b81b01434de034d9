/* SPDX-License-Identifier: MIT */
/*
 * Change batch
 *
 * From allowed changes to a policy that holds them. A compiler child writes the new assignments
 * beside the old ones and compiles; the image is verified; the journal's rows are written; only
 * then the new assignments take the place of the old ones and the image is served. Whatever fails
 * before leaves everything as it was. Killed at any point, the daemon finds the old or the new
 * assignments at its next start, never half of them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "daemon/change_files.h"
#include "policy/image.h"

typedef struct Server Server;
typedef struct QueuedChange QueuedChange;
typedef struct Recording Recording;

typedef struct ChangeBatch {
        QueuedChange *first, *last; /* in their order; owned */
        size_t count;
        size_t line_count; /* of their list, at most CHANGES_MAX */
        ChangeFile files[CHANGE_FILES_MAX];
        size_t file_count;
        Image *image;         /* what the compiler wrote, verified; NULL: not yet */
        int image_fd;         /* of its bytes; -1: none */
        Recording *recording; /* the journal's rows; NULL: not waited for */
        sd_event_source *timer;

        int directory_fd; /* of the managed assignments; -1: not open */
        uint64_t made;    /* changes since the start */
        int64_t last_s;   /* when the last batch ended; 0: none yet */
        bool last_made;   /* its changes were made */
} ChangeBatch;

#define CHANGE_BATCH_NONE ((ChangeBatch){ .image_fd = -1, .directory_fd = -1 })

/* Opens the folder of managed assignments, and says where it is (Server.assignments). What is wrong
 * has been logged. Return: 0, -errno. */
int change_batch_open(Server *server);
void change_batch_close(Server *server);

/* Says whether one more change fits in; adds one (taken) that has been allowed and does. */
bool change_batch_has_room(const ChangeBatch *batch, const QueuedChange *change);
void change_batch_add(ChangeBatch *batch, QueuedChange *change);

/* Makes the changes of the batch, with the free compilation, and answers them. */
void change_batch_begin(Server *server);

/* Gives up a batch that is still compiled, when the compiler has been ended: nobody is answered.
 * One whose rows are with the journal goes on when that calls back. */
void change_batch_stop(Server *server);
