/* SPDX-License-Identifier: MIT */
/* A front and a doorwardd for tests: see fake_front.h. */
#include "fake_front.h"

#define CERTIFICATE "sha256:00000000000000000000000000000000000000000000000000000000000000aa"

struct HttpCall {
        Text body;
        void *state;
        void (*end)(void *state);
};

struct LinkCall {
        uint8_t frame[MESSAGE_SIZE_MAX];
        size_t size;
        LinkReply reply;
        void *data;
};

static FakeAnswer answer;
static LinkCall under_way;
static bool is_under_way;
static int link_result;

/* ---- The front ---- */

const char *http_call_certificate(const HttpCall *call)
{
        return CERTIFICATE;
}

Text http_call_body(const HttpCall *call)
{
        return call->body;
}

Link *http_call_link(const HttpCall *call)
{
        return NULL;
}

uint64_t http_call_timeout_ms(const HttpCall *call)
{
        return 1000;
}

const char *http_call_base_url(const HttpCall *call)
{
        return "https://pdp.example:8443";
}

Text http_call_unlock_permission(const HttpCall *call)
{
        return text_from(FAKE_UNLOCK);
}

Text http_call_enter_permission(const HttpCall *call)
{
        return text_from(FAKE_ENTER);
}

uint32_t http_call_depth_max(const HttpCall *call)
{
        return 16;
}

uint32_t http_call_evaluations_max(const HttpCall *call)
{
        return 4;
}

void http_call_set_state(HttpCall *call, void *state, void (*end)(void *state))
{
        assert_null(call->end);
        call->state = state;
        call->end = end;
}

static void finish(HttpCall *call, unsigned status)
{
        void (*end)(void *state) = call->end;
        assert_int_equal(answer.status, 0); /* once */
        answer.status = status;
        call->end = NULL;
        if (end)
                end(call->state);
}

void http_call_answer_json(HttpCall *call, unsigned status, json_t *document)
{
        assert_non_null(document);
        answer.document = document;
        finish(call, status);
}

void http_call_answer_error(HttpCall *call, unsigned status, const char *reason,
                            const char *message)
{
        assert_true(status >= 400 && *reason && *message);
        (void)snprintf(answer.reason, sizeof(answer.reason), "%s", reason);
        (void)snprintf(answer.message, sizeof(answer.message), "%s", message);
        finish(call, status);
}

/* ---- The link ---- */

uint64_t link_request_id(Link *link)
{
        return 7;
}

const char *link_problem_text(int problem)
{
        return "a problem";
}

int link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms, LinkReply reply,
              void *data, LinkCall **ret_call)
{
        Message message;
        assert_false(is_under_way);
        assert_int_equal(message_decode(frame, size, &message), 0);
        if (link_result != 0)
                return link_result;
        Text certificate;
        assert_true(message_text(&message, FIELD_CERTIFICATE, &certificate));
        assert_true(text_is(certificate, CERTIFICATE));
        if (answer.asked < sizeof(answer.types) / sizeof(*answer.types))
                answer.types[answer.asked] = message.type;
        answer.asked++;
        memcpy(under_way.frame, frame, size);
        under_way.size = size;
        under_way.reply = reply;
        under_way.data = data;
        is_under_way = true;
        *ret_call = &under_way;
        return 0;
}

void link_cancel(LinkCall *call)
{
        assert_ptr_equal(call, &under_way);
        assert_true(is_under_way);
        is_under_way = false;
        answer.cancelled++;
}

void fake_link_fails(int result)
{
        link_result = result;
}

/* ---- doorwardd ---- */

static uint8_t reply_frame[MESSAGE_SIZE_MAX];
static MessageWriter writer;

MessageWriter *fake_begin(const Message *request, MessageType type, uint32_t sequence)
{
        message_writer_begin(&writer, reply_frame, sizeof(reply_frame), type, request->request_id,
                             sequence);
        return &writer;
}

void fake_send(void)
{
        Message message;
        size_t size;
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(reply_frame, size, &message), 0);
        if (!is_under_way)
                return; /* it was given up */
        is_under_way = message.type == MESSAGE_RECORD;
        under_way.reply(under_way.data, 0, &message);
}

void fake_problem(int problem)
{
        is_under_way = false;
        under_way.reply(under_way.data, problem, NULL);
}

static Text text_of(const Message *message, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(message, tag, &text);
        return text;
}

MessageWriter *fake_answer(const Message *request, uint32_t outcome, const char *reason)
{
        Text action = request->type == MESSAGE_UNLOCK  ? text_from(FAKE_UNLOCK)
                      : request->type == MESSAGE_ENTER ? text_from(FAKE_ENTER)
                                                       : text_of(request, FIELD_ACTION);
        MessageWriter *reply = fake_begin(request, MESSAGE_ANSWER, 0);
        message_write_text(reply, FIELD_USER, text_of(request, FIELD_USER));
        message_write_text(reply, FIELD_ACTION, action);
        message_write_text(reply, FIELD_RESOURCE, text_of(request, FIELD_RESOURCE));
        message_write_number(reply, FIELD_OUTCOME, outcome);
        message_write_text(reply, FIELD_REASON, text_from(reason));
        return reply;
}

void fake_refuse(const Message *request, const char *reason)
{
        MessageWriter *reply = fake_begin(request, MESSAGE_REFUSAL, 0);
        message_write_text(reply, FIELD_REASON, text_from(reason));
        message_write_number(reply, FIELD_STATUS, 3);
        message_write_text(reply, FIELD_MESSAGE, TEXT_LITERAL("A sentence."));
        fake_send();
}

/* ---- The test ---- */

static void begin(HttpCall *call, HttpHandler handler, const char *body)
{
        json_decref(answer.document);
        answer = (FakeAnswer){ 0 };
        is_under_way = false;
        *call = (HttpCall){ .body = text_from(body) };
        handler(call);
}

const FakeAnswer *fake_serve(HttpHandler handler, const char *body, FakeDaemon daemon)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        HttpCall call;
        begin(&call, handler, body);
        while (is_under_way) {
                Message request;
                memcpy(frame, under_way.frame, under_way.size);
                assert_int_equal(message_decode(frame, under_way.size, &request), 0);
                assert_non_null(daemon);
                daemon(&request);
        }
        assert_null(call.end);
        return &answer;
}

const FakeAnswer *fake_serve_and_go(HttpHandler handler, const char *body)
{
        HttpCall call;
        begin(&call, handler, body);
        assert_non_null(call.end);
        call.end(call.state);
        return &answer;
}

const char *fake_text(const FakeAnswer *given, const char *path)
{
        const json_t *value = given->document;
        char key[64];
        while (value && *path) {
                size_t size = strcspn(path, ".");
                (void)snprintf(key, sizeof(key), "%.*s", (int)size, path);
                value = json_object_get(value, key);
                path += size + (path[size] == '.');
        }
        return json_is_string(value) ? json_string_value(value) : "";
}
