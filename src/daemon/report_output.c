/* SPDX-License-Identifier: MIT */
/* Report output: see report_output.h. */
#include "daemon/report_output.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

/* Begins a frame behind those that are kept. There is room for the largest one:
 * report_output_send() sees to it. */
static void begin(ReportOutput *output, MessageType type, uint32_t sequence)
{
        message_writer_begin(&output->writer, output->buffer + output->used, MESSAGE_SIZE_MAX, type,
                             output->request_id, sequence);
}

void report_output_begin(ReportOutput *output)
{
        begin(output, MESSAGE_RECORD, output->sequence);
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

/* Sends some of the kept frames from the first on. Return: how many; 0: none can be sent now;
 * -errno. */
static int send_some(ReportOutput *output, unsigned first, size_t offset)
{
        struct mmsghdr messages[REPORT_FRAMES_MAX] = { 0 };
        struct iovec parts[REPORT_FRAMES_MAX];
        for (unsigned i = first; i < output->count; i++) {
                parts[i] = (struct iovec){ output->buffer + offset, output->sizes[i] };
                messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
                offset += output->sizes[i];
        }
        int sent = sendmmsg(output->fd, messages + first, output->count - first,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int report_output_flush(ReportOutput *output)
{
        unsigned done = 0;
        size_t offset = 0;
        int r = 0;
        while (done < output->count && r >= 0) {
                r = send_some(output, done, offset);
                for (int i = 0; i < r; i++)
                        offset += output->sizes[done++];
                if (r == 0)
                        r = wait_for_reader(output->fd);
        }
        output->count = 0;
        output->used = 0;
        return r < 0 ? r : 0;
}

/* Keeps the frame that was begun. */
static int keep(ReportOutput *output)
{
        size_t size;
        int r = message_writer_end(&output->writer, &size);
        if (r < 0)
                return r;
        output->sizes[output->count++] = size;
        output->used += size;
        return 0;
}

int report_output_send(ReportOutput *output)
{
        int r = keep(output);
        if (r == 0)
                output->sequence++;
        if (r == 0 && (output->count == REPORT_FRAMES_MAX || output->used > MESSAGE_SIZE_MAX))
                r = report_output_flush(output);
        return r;
}

static int finish(ReportOutput *output)
{
        int r = keep(output);
        return r < 0 ? r : report_output_flush(output);
}

int report_output_end(ReportOutput *output, uint32_t status, const char *message)
{
        begin(output, MESSAGE_END, output->sequence);
        message_write_number(&output->writer, FIELD_STATUS, status);
        if (message)
                message_write_text(&output->writer, FIELD_MESSAGE, text_from(message));
        return finish(output);
}

int report_output_end_page(ReportOutput *output, uint32_t status, Text after)
{
        begin(output, MESSAGE_END, output->sequence);
        if (after.size > 0)
                message_write_text(&output->writer, FIELD_AFTER, after);
        message_write_number(&output->writer, FIELD_STATUS, status);
        return finish(output);
}

int report_output_refuse(ReportOutput *output, const char *reason, uint32_t status,
                         const char *message)
{
        begin(output, MESSAGE_REFUSAL, 0);
        message_write_text(&output->writer, FIELD_REASON, text_from(reason));
        message_write_number(&output->writer, FIELD_STATUS, status);
        message_write_text(&output->writer, FIELD_MESSAGE, text_from(message));
        return finish(output);
}
