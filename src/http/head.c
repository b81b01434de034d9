/* SPDX-License-Identifier: MIT */
/*
 * HTTP head: see head.h.
 *
 * libmicrohttpd 0.9.75 takes the first Content-Length of several, prefers Transfer-Encoding to it,
 * and reads a transfer coding that it does not know until the connection closes. Something between
 * the client and us might see that otherwise, and then one of the two sees a request that the other
 * does not: whatever is framed in two ways is refused, and its connection closed. So is a header
 * whose name ends in a space ("Content-Length : 5" is something else to it, and a length to
 * others), or that holds a control character such as a lone carriage return.
 */
#include "http/head.h"

#include <string.h>
#include <strings.h>

#include "http/routes.h"
#include "http/server.h"
#include "util/number.h"
#include "util/timestamp.h"

static const HttpRefusal refusal_framing = { MHD_HTTP_BAD_REQUEST, "malformed-framing",
                                             "the length of the body is stated in no valid way" };
static const HttpRefusal refusal_coding = { MHD_HTTP_NOT_IMPLEMENTED, "unknown-coding",
                                            "the only transfer coding is chunked" };
static const HttpRefusal refusal_version = { MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, "unknown-version",
                                             "HTTP/1.1 is spoken here" };
static const HttpRefusal refusal_request_id = { MHD_HTTP_BAD_REQUEST, "malformed-request-id",
                                                "X-Request-ID is too long or not printable" };
static const HttpRefusal refusal_path = { MHD_HTTP_NOT_FOUND, "unknown-path",
                                          "there is nothing here" };
static const HttpRefusal refusal_method = { MHD_HTTP_METHOD_NOT_ALLOWED, "wrong-method",
                                            "this path has another method" };
static const HttpRefusal refusal_query = { MHD_HTTP_BAD_REQUEST, "malformed-path",
                                           "no path here has a query" };
static const HttpRefusal refusal_type = { MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "wrong-content-type",
                                          "the body has another type than this path takes" };
static const HttpRefusal refusal_body = { MHD_HTTP_BAD_REQUEST, "unexpected-body",
                                          "this request has no body" };
static const HttpRefusal refusal_large = { MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
                                           "the body is too large" };
static const HttpRefusal refusal_rate = { MHD_HTTP_TOO_MANY_REQUESTS, "rate-limited",
                                          "too many requests of this caller" };
static const HttpRefusal refusal_caller = { MHD_HTTP_FORBIDDEN, "unknown-caller",
                                            "this certificate is no listed caller's any more" };
static const HttpRefusal refusal_expired = { MHD_HTTP_FORBIDDEN, "certificate-expired",
                                             "the certificate has ended since the handshake" };

/* Headers that decide, how often each stands there. */
typedef struct Framing {
        unsigned lengths, codings, types, request_ids;
        bool is_malformed; /* some header, whatever it says */
        const char *length, *coding, *type, *request_id;
} Framing;

/* RFC 9110, 5.6.2 */
static bool is_token(const char *name, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if (name[i] <= ' ' || name[i] > '~' || strchr("\"(),/:;<=>?@[\\]{}", name[i]))
                        return false;
        return size > 0;
}

/* RFC 9110, 5.5: octets above 127 stand for nothing, but do no harm. */
static bool is_field_value(const char *value, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if (value[i] == 127 || (value[i] >= 0 && value[i] < ' ' && value[i] != '\t'))
                        return false;
        return true;
}

static enum MHD_Result look(void *data, enum MHD_ValueKind kind, const char *name, size_t name_size,
                            const char *value, size_t value_size)
{
        Framing *framing = data;
        if (!is_token(name, name_size) || !is_field_value(value, value_size))
                framing->is_malformed = true;
        const struct {
                const char *name;
                unsigned *count;
                const char **value;
        } wanted[] = {
                { MHD_HTTP_HEADER_CONTENT_LENGTH, &framing->lengths, &framing->length },
                { MHD_HTTP_HEADER_TRANSFER_ENCODING, &framing->codings, &framing->coding },
                { MHD_HTTP_HEADER_CONTENT_TYPE, &framing->types, &framing->type },
                { "X-Request-ID", &framing->request_ids, &framing->request_id },
        };
        for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
                if (strcasecmp(name, wanted[i].name) == 0) {
                        ++*wanted[i].count;
                        *wanted[i].value = value ? value : "";
                }
        return MHD_YES;
}

/* Whether the message's end is certain. */
static const HttpRefusal *check_framing(const Framing *framing, uint64_t *ret_length)
{
        *ret_length = 0;
        if (framing->is_malformed || framing->lengths + framing->codings > 1)
                return &refusal_framing;
        if (framing->codings == 1 && strcasecmp(framing->coding, "chunked") != 0)
                return &refusal_coding;
        if (framing->lengths == 1 &&
            number_parse(text_from(framing->length), UINT64_MAX, ret_length) < 0)
                return &refusal_framing;
        return NULL;
}

static bool keep_request_id(HttpCall *call, const Framing *framing)
{
        if (framing->request_ids == 0)
                return true;
        size_t size = strlen(framing->request_id);
        if (framing->request_ids > 1 || size == 0 || size > REQUEST_ID_MAX)
                return false;
        for (size_t i = 0; i < size; i++)
                if (framing->request_id[i] < ' ' || framing->request_id[i] > '~')
                        return false;
        memcpy(call->request_id, framing->request_id, size + 1);
        return true;
}

/* "application/json", alone or with parameters behind a semicolon. */
static bool is_type(const char *stated, const char *wanted)
{
        size_t size = strlen(wanted);
        if (strncasecmp(stated, wanted, size) != 0)
                return false;
        return stated[size] == '\0' || stated[size] == ';' || stated[size] == ' ';
}

static const HttpRefusal *check_body(const HttpCall *call, const Framing *framing, uint64_t length)
{
        bool has_body = framing->codings > 0 || length > 0;
        if (!call->route->content_type)
                return has_body ? &refusal_body : NULL;
        if (framing->types != 1 || !is_type(framing->type, call->route->content_type))
                return &refusal_type;
        return NULL;
}

static const HttpRefusal *find_route(HttpCall *call, struct MHD_Connection *mhd, const char *method,
                                     const char *path)
{
        call->route = http_route_find(method, path, &call->allowed_method);
        if (!call->route)
                return call->allowed_method ? &refusal_method : &refusal_path;
        if (MHD_get_connection_values(mhd, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0)
                return &refusal_query;
        return NULL;
}

static const HttpRefusal *check_caller(HttpCall *call)
{
        HttpServer *server = call->server;
        const char *certificate = call->connection->certificate;
        if (!callers_has(server->callers, certificate))
                return &refusal_caller;
        call->retry_after_seconds =
                callers_take(server->callers, certificate, http_server_now_ms(server));
        return call->retry_after_seconds > 0 ? &refusal_rate : NULL;
}

const HttpRefusal *http_head_check(HttpCall *call, struct MHD_Connection *mhd, const char *method,
                                   const char *path, const char *version, bool *ret_at_once)
{
        Framing framing = { 0 };
        uint64_t length;
        (void)MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, look, &framing);
        bool id_is_good = keep_request_id(call, &framing);
        const HttpRefusal *refusal = check_framing(&framing, &length);
        if (!refusal && strcmp(version, MHD_HTTP_VERSION_1_1) != 0)
                refusal = &refusal_version;
        if (!refusal && length > call->server->settings->limits.body_bytes)
                refusal = &refusal_large;
        if (!refusal && timestamp_now() >= call->connection->expires_s)
                refusal = &refusal_expired;
        *ret_at_once = refusal != NULL;
        if (!refusal)
                refusal = check_caller(call);
        if (!refusal && !id_is_good)
                refusal = &refusal_request_id;
        if (!refusal)
                refusal = find_route(call, mhd, method, path);
        return refusal ? refusal : check_body(call, &framing, length);
}
