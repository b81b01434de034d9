/* SPDX-License-Identifier: MIT */
/*
 * Observe batch
 *
 * The events of one OBSERVE on their way: what of them is new, which of them the gateway may tell,
 * the rows that they become, and what they do to the daemon's picture of doors and commands.
 */
#pragma once

#include "daemon/gateway_progress.h"
#include "daemon/request.h"
#include "util/timestamp.h"

#define OBSERVE_ROWS_MAX (OBSERVATIONS_MAX + 2) /* another store, a gap, and the events */

/* Texts of one row. */
typedef struct ObserveText {
        char gateway[GATEWAY_NAME_SIZE + 24];
        char resource[PATH_SIZE_MAX + 8];
        char occurred[TIMESTAMP_TEXT_SIZE];
        char why[PATH_SIZE_MAX + 512];
} ObserveText;

typedef struct ObserveBatch {
        const Request *request; /* borrowed */
        Gateway *gateway;       /* borrowed */
        Observations observations;
        GatewayStep step;
        /* By event: why it is not taken as an event of its door; NULL: it is. */
        const char *set_aside[OBSERVATIONS_MAX];
        const ImageCaller *callers[OBSERVATIONS_MAX]; /* who the gateway is where the door is */
        size_t row_count;
        JournalRow rows[OBSERVE_ROWS_MAX];
        ObserveText texts[OBSERVE_ROWS_MAX];
} ObserveBatch;

/* Finds what is new in a batch whose request, gateway and observations are set, and makes the rows;
 * none when all of it is recorded already. */
void observe_batch_make(ObserveBatch *batch);

/* The rows are on their way to the disk: doors, commands and alerts learn of what they have not
 * learnt of yet. */
void observe_batch_apply(ObserveBatch *batch);

/* The last sequence of a batch. */
uint64_t observe_batch_last(const ObserveBatch *batch);
