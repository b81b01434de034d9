/* SPDX-License-Identifier: MIT */
/*
 * Link over HTTPS: a request frame is the body of a POST to a doorward-http, the reply frames are
 * the body of its answer, one behind the other. libcurl does HTTP, TLS and kept connections on the
 * event loop.
 *
 * What must hold: only the given authority is trusted, whatever the system trusts, and only a
 * server's certificate of it (https_peer.h), before a request's body is sent; no proxy, no
 * redirect, no other protocol; and nothing is sent twice: libcurl would repeat a request whose kept
 * connection turns out to be closed, which it cannot here because the body is read by a function
 * that cannot go back.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "link/https_peer.h"
#include "link/link_type.h"

#define PATH            "/doorward/v1/messages"
#define REPLIES_MAX     (1u << 20) /* bytes of all replies to a request */
#define CONNECT_MS      5000L
#define KEEPALIVE_S     15L
#define SIZE_OFFSET     20 /* of the size of a frame's fields, in its header */
#define STATUS_LATE     504
#define STATUS_NO_REPLY 503

typedef struct HttpsLink {
        Link shared;
        CURLM *multi;
        struct curl_slist *headers;
        sd_event_source *timer;
        char *url, *authority, *certificate, *key;
        unsigned transfers, transfers_max;
} HttpsLink;

/* One request on its way. */
typedef struct Transfer {
        CURL *handle;
        LinkCall *call;
        size_t sent;
        uint8_t *replies;
        size_t size, capacity;
        char error[CURL_ERROR_SIZE]; /* what libcurl says of it */
} Transfer;

/* A socket that libcurl wants watched. */
typedef struct Watch {
        HttpsLink *link;
        sd_event_source *source;
} Watch;

static void carry_on(HttpsLink *link, curl_socket_t fd, int events);

static Transfer *transfer_free(HttpsLink *link, Transfer *transfer)
{
        if (transfer->handle) {
                (void)curl_multi_remove_handle(link->multi, transfer->handle);
                curl_easy_cleanup(transfer->handle);
                link->transfers--;
        }
        free(transfer->replies);
        free(transfer);
        return NULL;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *data)
{
        Transfer *transfer = data;
        size_t left = transfer->call->size - transfer->sent, room = size * count;
        if (transfer->sent == 0 && !https_peer_is_server(transfer->handle))
                return CURL_READFUNC_ABORT;
        size_t taken = left < room ? left : room;
        memcpy(buffer, transfer->call->frame + transfer->sent, taken);
        transfer->sent += taken;
        return taken;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *data)
{
        Transfer *transfer = data;
        size_t more = size * count;
        if (more > REPLIES_MAX - transfer->size)
                return 0;
        if (transfer->size + more > transfer->capacity) {
                size_t capacity = 2 * (transfer->size + more);
                uint8_t *replies = realloc(transfer->replies, capacity);
                if (!replies)
                        return 0;
                transfer->replies = replies;
                transfer->capacity = capacity;
        }
        memcpy(transfer->replies + transfer->size, bytes, more);
        transfer->size += more;
        return more;
}

/* Decodes the reply at *offset and moves behind it. Return: whether there is one. */
static bool next_reply(const Transfer *transfer, size_t *offset, Message *ret_message)
{
        const uint8_t *frame = transfer->replies + *offset;
        size_t left = transfer->size - *offset;
        if (left < MESSAGE_HEADER_SIZE)
                return false;
        size_t size = MESSAGE_HEADER_SIZE + (frame[SIZE_OFFSET] | frame[SIZE_OFFSET + 1] << 8 |
                                             frame[SIZE_OFFSET + 2] << 16 |
                                             (size_t)frame[SIZE_OFFSET + 3] << 24);
        if (size > left || message_decode(frame, size, ret_message) < 0 ||
            ret_message->request_id != transfer->call->request_id || !link_is_reply(ret_message))
                return false;
        *offset += size;
        return true;
}

/* Whether everything that came is replies, of which the last one is the last. */
static bool replies_are_whole(const Transfer *transfer)
{
        Message message;
        size_t offset = 0;
        bool is_last = false;
        while (!is_last && next_reply(transfer, &offset, &message))
                is_last = link_reply_is_last(&message);
        return is_last && offset == transfer->size;
}

/* What has become of a request. Return: 0: its replies are whole. */
static int problem_of(const Transfer *transfer, CURLcode result)
{
        long status = 0;
        switch (result) {
        case CURLE_OK:
                break;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_ABORTED_BY_CALLBACK: /* on_read() */
                return LINK_UNTRUSTED;
        case CURLE_OPERATION_TIMEDOUT:
                return LINK_LATE;
        case CURLE_WRITE_ERROR:
                return LINK_PROTOCOL;
        default:
                return LINK_UNREACHABLE;
        }
        (void)curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
        if (status == STATUS_NO_REPLY)
                return LINK_UNREACHABLE;
        if (status == STATUS_LATE)
                return LINK_LATE;
        if (status != 200)
                return LINK_REFUSED;
        return replies_are_whole(transfer) ? 0 : LINK_PROTOCOL;
}

/* Whether a new connection was closed when TLS stood: with TLS 1.3 a client learns only then that
 * its certificate is refused, and libcurl mostly of no more than the end. */
static bool was_turned_away(const Transfer *transfer, CURLcode result)
{
        long connects = 0;
        curl_off_t handshake_us = 0;
        (void)curl_easy_getinfo(transfer->handle, CURLINFO_NUM_CONNECTS, &connects);
        (void)curl_easy_getinfo(transfer->handle, CURLINFO_APPCONNECT_TIME_T, &handshake_us);
        return connects > 0 && handshake_us > 0 &&
               (result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
                result == CURLE_GOT_NOTHING);
}

/* Keeps what else is known of a request that failed: what libcurl says, or the front's answer. */
static void keep_detail(Link *link, const Transfer *transfer, CURLcode result)
{
        char escaped[LINK_DETAIL_SIZE - 32];
        const char *error = *transfer->error ? transfer->error : curl_easy_strerror(result);
        Text line, rest, body = { (const char *)transfer->replies, transfer->size };
        long status = 0;
        (void)curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
        if (result != CURLE_OK) {
                if (was_turned_away(transfer, result))
                        error = "it closed the connection after the handshake, as it does with a "
                                "certificate that it does not let in (its side records why)";
                text_escape(text_from(error), link->detail, sizeof(link->detail));
                return;
        }
        if (status == 200 || body.size == 0)
                line = TEXT_NULL;
        else if (!text_split_first(body, '\n', &line, &rest))
                line = body;
        (void)snprintf(link->detail, sizeof(link->detail), "HTTP status %ld%s%s", status,
                       line.size > 0 ? ": " : "", text_escape(line, escaped, sizeof(escaped)));
}

/* Tells the replies. A call that is cancelled meanwhile hears no more. */
static void tell(Link *link, Transfer *transfer)
{
        Message message;
        size_t offset = 0;
        LinkCall *call = transfer->call;
        bool is_last = false;
        call->carrier = transfer;
        while (!is_last && next_reply(transfer, &offset, &message)) {
                is_last = link_reply_is_last(&message);
                if (is_last)
                        transfer->call = call->carrier = NULL;
                link_call_reply(call, &message);
                if (!transfer->call)
                        return;
        }
}

static void finish(HttpsLink *link, Transfer *transfer, CURLcode result)
{
        LinkCall *call = transfer->call;
        int problem = problem_of(transfer, result);
        if (problem != 0)
                keep_detail(&link->shared, transfer, result);
        (void)curl_multi_remove_handle(link->multi, transfer->handle);
        curl_easy_cleanup(transfer->handle);
        transfer->handle = NULL;
        link->transfers--;
        if (problem == 0) {
                tell(&link->shared, transfer);
        } else {
                call->carrier = NULL;
                link_call_fail(call, problem);
        }
        transfer_free(link, transfer);
}

static void carry_on(HttpsLink *link, curl_socket_t fd, int events)
{
        int running, left;
        CURLMsg *message;
        (void)curl_multi_socket_action(link->multi, fd, events, &running);
        while ((message = curl_multi_info_read(link->multi, &left))) {
                Transfer *transfer = NULL;
                if (message->msg != CURLMSG_DONE)
                        continue;
                CURLcode result = message->data.result;
                (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
                finish(link, transfer, result);
        }
        link_carry_waiting(&link->shared);
}

static int on_socket_ready(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Watch *watch = data;
        carry_on(watch->link, fd,
                 (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                         (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t now_us, void *data)
{
        carry_on(data, CURL_SOCKET_TIMEOUT, 0);
        return 0;
}

/* libcurl tells which sockets it wants to be watched for what. */
static int on_socket(CURL *handle, curl_socket_t fd, int what, void *data, void *socket_data)
{
        HttpsLink *link = data;
        Watch *watch = socket_data;
        if (what == CURL_POLL_REMOVE) {
                if (watch)
                        sd_event_source_disable_unref(watch->source);
                free(watch);
                (void)curl_multi_assign(link->multi, fd, NULL);
                return 0;
        }
        uint32_t events =
                (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
        if (watch)
                return sd_event_source_set_io_events(watch->source, events) < 0 ? -1 : 0;
        watch = calloc(1, sizeof(*watch));
        if (!watch)
                return -1;
        watch->link = link;
        if (sd_event_add_io(link->shared.event, &watch->source, fd, events, on_socket_ready,
                            watch) < 0) {
                free(watch);
                return -1;
        }
        (void)curl_multi_assign(link->multi, fd, watch);
        return 0;
}

/* libcurl tells when it wants to be called at the latest; -1: not at all. */
static int on_timeout(CURLM *multi, long timeout_ms, void *data)
{
        HttpsLink *link = data;
        if (timeout_ms < 0)
                return sd_event_source_set_enabled(link->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
        uint64_t at_us = deadline_clock_ns() / 1000 + (uint64_t)timeout_ms * 1000;
        if (sd_event_source_set_time(link->timer, at_us) < 0)
                return -1;
        return sd_event_source_set_enabled(link->timer, SD_EVENT_ONESHOT) < 0 ? -1 : 0;
}

/* Sets everything that matters for whom we talk to. Return: whether all of it was taken. */
static bool secure(const HttpsLink *link, CURL *handle)
{
        return curl_easy_setopt(handle, CURLOPT_URL, link->url) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_CAPATH, NULL) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_CAINFO, link->authority) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSLCERT, link->certificate) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_SSLKEY, link->key) == CURLE_OK;
}

static bool describe(const HttpsLink *link, CURL *handle, Transfer *transfer)
{
        long left_ms = deadline_left_ms(transfer->call->deadline);
        return secure(link, handle) &&
               curl_easy_setopt(handle, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->error) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_HTTPHEADER, link->headers) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_POST, 1L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t)transfer->call->size) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_READDATA, transfer) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_write) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, left_ms > 0 ? left_ms : 1L) == CURLE_OK;
}

static bool carry(LinkCall *call)
{
        HttpsLink *link = (HttpsLink *)call->link;
        if (link->transfers >= link->transfers_max)
                return false;
        Transfer *transfer = calloc(1, sizeof(*transfer));
        CURL *handle = transfer ? curl_easy_init() : NULL;
        if (!handle) {
                free(transfer);
                call->problem = LINK_UNREACHABLE;
                return true;
        }
        transfer->call = call;
        if (!describe(link, handle, transfer) ||
            curl_multi_add_handle(link->multi, handle) != CURLM_OK) {
                curl_easy_cleanup(handle);
                free(transfer);
                call->problem = LINK_UNREACHABLE;
                return true;
        }
        transfer->handle = handle;
        link->transfers++;
        call->carrier = transfer;
        return true;
}

static void drop(LinkCall *call)
{
        Transfer *transfer = call->carrier;
        call->carrier = NULL;
        transfer->call = NULL;
        if (transfer->handle) /* else its replies are being told, and who does that frees it */
                transfer_free((HttpsLink *)call->link, transfer);
}

static void https_free(Link *shared)
{
        HttpsLink *link = (HttpsLink *)shared;
        if (link->multi)
                (void)curl_multi_cleanup(link->multi);
        sd_event_source_disable_unref(link->timer);
        curl_slist_free_all(link->headers);
        free(link->url);
        free(link->authority);
        free(link->certificate);
        free(link->key);
        free(link);
}

static const LinkType https_type = { carry, drop, https_free };

static int prepare_multi(HttpsLink *link)
{
        link->multi = curl_multi_init();
        link->headers = curl_slist_append(NULL, "Content-Type: application/octet-stream");
        struct curl_slist *more =
                link->headers ? curl_slist_append(link->headers, "Expect:") : NULL;
        if (!link->multi || !more)
                return -ENOMEM;
        bool taken =
                curl_multi_setopt(link->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
                curl_multi_setopt(link->multi, CURLMOPT_SOCKETDATA, link) == CURLM_OK &&
                curl_multi_setopt(link->multi, CURLMOPT_TIMERFUNCTION, on_timeout) == CURLM_OK &&
                curl_multi_setopt(link->multi, CURLMOPT_TIMERDATA, link) == CURLM_OK &&
                curl_multi_setopt(link->multi, CURLMOPT_MAXCONNECTS, (long)link->transfers_max) ==
                        CURLM_OK;
        return taken ? 0 : -ENOMEM;
}

/* The address of what takes messages. Return: 0, -EINVAL, -ENOMEM. */
static int prepare_url(HttpsLink *link, const char *url)
{
        size_t size = strlen(url);
        if (strncmp(url, "https://", 8) != 0 || strpbrk(url, "?#@ "))
                return -EINVAL;
        while (size > 8 && url[size - 1] == '/')
                size--;
        return asprintf(&link->url, "%.*s" PATH, (int)size, url) < 0 ? -ENOMEM : 0;
}

int link_https_new(sd_event *event, const LinkHttpsOptions *options, unsigned connections_max,
                   Link **ret_link)
{
        if (connections_max == 0 || connections_max > LINK_CALLS_MAX)
                return -EINVAL;
        /* Does nothing when it was done before. */
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return -ENOMEM;
        HttpsLink *link = calloc(1, sizeof(*link));
        if (!link)
                return -ENOMEM;
        link->transfers_max = connections_max;
        int r = link_init(&link->shared, &https_type, event);
        if (r == 0)
                r = sd_event_add_time(event, &link->timer, CLOCK_MONOTONIC, 0, 1000, on_timer,
                                      link);
        if (r >= 0)
                r = sd_event_source_set_enabled(link->timer, SD_EVENT_OFF);
        if (r >= 0)
                r = prepare_url(link, options->url);
        if (r == 0) {
                link->authority = strdup(options->authority);
                link->certificate = strdup(options->certificate);
                link->key = strdup(options->key);
                link->shared.place = link->url;
                r = link->authority && link->certificate && link->key ? prepare_multi(link)
                                                                      : -ENOMEM;
        }
        if (r < 0) {
                link_free(&link->shared);
                return r;
        }
        *ret_link = &link->shared;
        return 0;
}
