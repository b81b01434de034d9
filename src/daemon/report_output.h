/* SPDX-License-Identifier: MIT */
/*
 * Report output
 *
 * A child sends records to a client, waiting for a slow reader, but not for ever. Records are kept
 * until some dozens can be sent by one call: each call may wake the reader.
 */
#pragma once

#include "wire/message.h"

#define REPORT_READER_TIMEOUT_MS 10000 /* a reader that takes nothing for so long is given up */
#define REPORT_FRAMES_MAX        64    /* kept at once */

typedef struct ReportOutput {
        int fd;
        uint64_t request_id;
        uint32_t sequence;
        MessageWriter writer;
        unsigned count; /* of frames that are kept */
        size_t used;    /* bytes of them */
        size_t sizes[REPORT_FRAMES_MAX];
        uint8_t buffer[2 * MESSAGE_SIZE_MAX]; /* the kept frames, and behind them the next one */
} ReportOutput;

/* Begins a record. Pairs are added with report_output_pair(); an empty value leaves the pair out.
 */
void report_output_begin(ReportOutput *output);
void report_output_pair(ReportOutput *output, const char *name, Text value);
void report_output_number(ReportOutput *output, const char *name, int64_t value);

/* Sends the record, now or together with others. Return: 0; -errno when the reader is gone or too
 * slow. */
int report_output_send(ReportOutput *output);

/* Sends what is kept. Return: as report_output_send(). */
int report_output_flush(ReportOutput *output);

/* Sends the end, or a refusal. after says where the list goes on; empty: nowhere. Return: as
 * report_output_send(). */
int report_output_end(ReportOutput *output, uint32_t status, const char *message);
int report_output_end_page(ReportOutput *output, uint32_t status, Text after);
int report_output_refuse(ReportOutput *output, const char *reason, uint32_t status,
                         const char *message);
