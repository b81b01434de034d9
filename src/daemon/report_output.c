/* SPDX-License-Identifier: MIT */
/* Report output: see report_output.h. */
#include "daemon/report_output.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

void report_output_begin(ReportOutput *output)
{
        message_writer_begin(&output->writer, output->buffer, sizeof(output->buffer),
                             MESSAGE_RECORD, output->request_id, output->sequence);
}

void report_output_pair(ReportOutput *output, const char *name, Text value)
{
        if (value.size > 0)
                message_write_pair(&output->writer, text_from(name), value);
}

void report_output_number(ReportOutput *output, const char *name, int64_t value)
{
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%lld", (long long)value);
        report_output_pair(output, name, text_from(digits));
}

static int wait_for_reader(int fd)
{
        struct pollfd poller = { .fd = fd, .events = POLLOUT };
        int r;
        do
                r = poll(&poller, 1, REPORT_READER_TIMEOUT_MS);
        while (r < 0 && errno == EINTR);
        return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

static int send_frame(ReportOutput *output)
{
        size_t size;
        int r = message_writer_end(&output->writer, &size);
        while (r == 0) {
                if (send(output->fd, output->buffer, size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
                        return 0;
                if (errno == EAGAIN)
                        r = wait_for_reader(output->fd);
                else if (errno != EINTR)
                        r = -errno;
        }
        return r;
}

int report_output_send(ReportOutput *output)
{
        int r = send_frame(output);
        if (r == 0)
                output->sequence++;
        return r;
}

int report_output_end(ReportOutput *output, uint32_t status, const char *message)
{
        message_writer_begin(&output->writer, output->buffer, sizeof(output->buffer), MESSAGE_END,
                             output->request_id, output->sequence);
        message_write_number(&output->writer, FIELD_STATUS, status);
        if (message)
                message_write_text(&output->writer, FIELD_MESSAGE, text_from(message));
        return send_frame(output);
}

int report_output_refuse(ReportOutput *output, const char *reason, uint32_t status,
                         const char *message)
{
        message_writer_begin(&output->writer, output->buffer, sizeof(output->buffer),
                             MESSAGE_REFUSAL, output->request_id, 0);
        message_write_text(&output->writer, FIELD_REASON, text_from(reason));
        message_write_number(&output->writer, FIELD_STATUS, status);
        message_write_text(&output->writer, FIELD_MESSAGE, text_from(message));
        return send_frame(output);
}
