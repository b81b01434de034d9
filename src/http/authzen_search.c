/* SPDX-License-Identifier: MIT */
/* Searches: see authzen_search.h (AuthZEN 1.0, section 8). */
#include "http/authzen_search.h"

#include <stdlib.h>

#include "http/authzen_page.h"

typedef struct Search {
        HttpCall *call;
        const AuthzenSearchKind *kind;
        json_t *document;
        AuthzenSearch what;
        AuthzenPage page;
        json_t *results, *others;
        uint32_t records;
        LinkCall *under_way; /* NULL: none */
} Search;

static void search_end(void *state)
{
        Search *search = state;
        if (search->under_way)
                link_cancel(search->under_way);
        json_decref(search->results);
        json_decref(search->others);
        json_decref(search->document);
        free(search);
}

/* ---- The answer ---- */

/* Takes one result. Return: 0, LINK_PROTOCOL, -1 without memory. */
static int take_record(Search *search, const Message *message)
{
        Text name, value;
        for (size_t i = 0; message_text_at(message, FIELD_NAME, i, &name); i++) {
                if (!text_is(name, search->kind->record) ||
                    !message_text_at(message, FIELD_VALUE, i, &value))
                        continue;
                json_t *entity = search->kind->entity(value);
                search->records++;
                if (entity)
                        return json_array_append_new(search->results, entity);
                return search->kind->others
                               ? json_array_append_new(search->others,
                                                       json_stringn(value.data, value.size))
                               : LINK_PROTOCOL;
        }
        return LINK_PROTOCOL;
}

static void answer(Search *search, const Message *end)
{
        Text after = TEXT_NULL;
        (void)message_text(end, FIELD_AFTER, &after);
        json_t *page = authzen_page_answer(&search->page, json_array_size(search->results), after);
        json_t *context = NULL;
        if (json_array_size(search->others) > 0)
                context = json_pack("{s:O}", search->kind->others, search->others);
        http_call_answer_json(search->call, 200,
                              json_pack("{s:o, s:o*, s:O}", "page", page, "context", context,
                                        "results", search->results));
}

/* Whether an END closes the list that came. */
static bool is_whole(const Search *search, const Message *end)
{
        return end->sequence == search->records && search->records <= search->page.limit;
}

static void on_reply(void *data, int link_problem, const Message *message)
{
        Search *search = data;
        AuthzenProblem problem;
        int r = link_problem;
        if (r == 0 && message->type == MESSAGE_RECORD) {
                r = take_record(search, message);
                if (r == 0)
                        return;
        } else {
                search->under_way = NULL; /* this was the last reply */
        }
        if (r == 0 && message->type == MESSAGE_END && is_whole(search, message)) {
                answer(search, message);
                return;
        }
        if (r == 0 && message->type == MESSAGE_REFUSAL)
                (void)authzen_problem_of_refusal(&problem, message);
        else
                (void)authzen_problem_of_link(&problem, r != 0 ? r : LINK_PROTOCOL);
        authzen_problem_answer(&problem, search->call);
}

/* ---- The request ---- */

static void write_text(MessageWriter *writer, FieldTag tag, Text text)
{
        if (text.size > 0)
                message_write_text(writer, tag, text);
}

static int send(Search *search)
{
        uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t size;
        Link *link = http_call_link(search->call);
        message_writer_begin(&writer, frame, sizeof(frame), search->kind->type,
                             link_request_id(link), 0);
        write_text(&writer, FIELD_USER, text_from(search->what.user));
        write_text(&writer, FIELD_ACTION, search->what.action);
        write_text(&writer, FIELD_RESOURCE, text_from(search->what.resource));
        message_write_text(&writer, FIELD_CERTIFICATE,
                           text_from(http_call_certificate(search->call)));
        write_text(&writer, FIELD_AFTER, text_from(search->page.after));
        message_write_number(&writer, FIELD_LIMIT, search->page.limit);
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r
                     : link_call(link, frame, size, http_call_timeout_ms(search->call), on_reply,
                                 search, &search->under_way);
}

static int read_request(Search *search, AuthzenProblem *problem)
{
        AuthzenParts parts = authzen_parts(search->document, NULL);
        int r = authzen_read_search(&parts, search->kind->sought, &search->what, problem);
        return r == 0 ? authzen_page_read(search->document, search->kind->sought,
                                          http_call_certificate(search->call), &search->page,
                                          problem)
                      : r;
}

/* Return: owned by the caller, with the document (taken); NULL without memory. */
static Search *search_new(HttpCall *call, const AuthzenSearchKind *kind, json_t *document)
{
        Search *search = calloc(1, sizeof(*search));
        if (!search) {
                json_decref(document);
                return NULL;
        }
        *search = (Search){ .call = call,
                            .kind = kind,
                            .document = document,
                            .results = json_array(),
                            .others = json_array() };
        return search;
}

void authzen_search(HttpCall *call, const AuthzenSearchKind *kind)
{
        AuthzenProblem problem;
        json_t *document;
        if (authzen_read_body(call, &document, &problem) != 0) {
                authzen_problem_answer(&problem, call);
                return;
        }
        Search *search = search_new(call, kind, document);
        if (!search) {
                http_call_answer_json(call, 200, NULL);
                return;
        }
        http_call_set_state(call, search, search_end);
        int r = read_request(search, &problem);
        if (r == 0) {
                r = send(search);
                if (r != 0)
                        (void)authzen_problem_of_link(&problem, r);
        }
        if (r != 0)
                authzen_problem_answer(&problem, call);
}
