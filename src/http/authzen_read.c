/* SPDX-License-Identifier: MIT */
/* Reading AuthZEN requests: see authzen_read.h. */
#include "http/authzen_read.h"

#include <stdio.h>
#include <string.h>

#include "http/json_strict.h"

#define MALFORMED "malformed-request"

int authzen_read_body(const HttpCall *call, json_t **ret_document, AuthzenProblem *problem)
{
        char sentence[JSON_STRICT_PROBLEM_SIZE];
        json_t *document;
        int r = json_strict_parse(http_call_body(call), http_call_depth_max(call), &document,
                                  sentence);
        if (r < 0)
                return authzen_problem_set(problem, 500, "internal", "Out of memory.");
        if (r > 0)
                return authzen_problem_set(problem, 400, "malformed-json", "%s", sentence);
        if (!json_is_object(document)) {
                json_decref(document);
                return authzen_problem_set(problem, 400, MALFORMED,
                                           "The body must be a JSON object.");
        }
        *ret_document = document;
        return 0;
}

AuthzenParts authzen_parts(const json_t *object, const AuthzenParts *defaults)
{
        static const AuthzenParts none;
        const AuthzenParts *rest = defaults ? defaults : &none;
        const json_t *subject = json_object_get(object, "subject");
        const json_t *action = json_object_get(object, "action");
        const json_t *resource = json_object_get(object, "resource");
        const json_t *context = json_object_get(object, "context");
        return (AuthzenParts){
                .subject = subject ? subject : rest->subject,
                .action = action ? action : rest->action,
                .resource = resource ? resource : rest->resource,
                .context = context ? context : rest->context,
        };
}

/* ---- Members ---- */

static int refuse(AuthzenProblem *problem, const char *where, const char *member, const char *what)
{
        return authzen_problem_set(problem, 400, MALFORMED, "%s%s %s.", where, member, what);
}

/* Says that something would not be considered. Its key is not repeated as it came. */
static int refuse_key(AuthzenProblem *problem, const char *where, const char *member,
                      const char *key)
{
        char shown[80];
        text_escape(text_from(key), shown, sizeof(shown));
        return authzen_problem_set(problem, 400, MALFORMED, "%s%s.%s would not be considered.",
                                   where, member, shown);
}

/* A string that has to be there. NUL cannot stand in it: the reader of JSON refuses it. */
static int read_string(const json_t *entity, const char *where, const char *entity_name,
                       const char *key, Text *ret_text, AuthzenProblem *problem)
{
        char member[64];
        const json_t *value = json_object_get(entity, key);
        (void)snprintf(member, sizeof(member), "%s.%s", entity_name, key);
        if (!value)
                return refuse(problem, where, member, "is missing");
        if (!json_is_string(value))
                return refuse(problem, where, member, "must be a string");
        if (json_string_length(value) == 0)
                return refuse(problem, where, member, "must not be empty");
        *ret_text = (Text){ json_string_value(value), json_string_length(value) };
        return 0;
}

static int check_entity(const json_t *entity, const char *where, const char *name,
                        AuthzenProblem *problem)
{
        if (!entity)
                return refuse(problem, where, name, "is missing");
        return json_is_object(entity) ? 0 : refuse(problem, where, name, "must be an object");
}

/* Properties that doorward has no use for may be there only if they say nothing. */
static int check_no_properties(const json_t *entity, const char *where, const char *member,
                               AuthzenProblem *problem)
{
        json_t *properties = json_object_get(entity, "properties");
        if (!properties)
                return 0;
        if (!json_is_object(properties))
                return refuse(problem, where, member, "must be an object");
        if (json_object_size(properties) == 0)
                return 0;
        return refuse_key(problem, where, member,
                          json_object_iter_key(json_object_iter(properties)));
}

/* Puts a text that fits behind what a buffer holds. Return: false when it does not fit. */
static bool append(char *buffer, size_t size, Text text)
{
        size_t used = strlen(buffer);
        if (text.size >= size - used)
                return false;
        memcpy(buffer + used, text.data, text.size);
        buffer[used + text.size] = '\0';
        return true;
}

/* ---- Entities ---- */

static int read_subject(const json_t *subject, const char *where, char *user,
                        AuthzenProblem *problem)
{
        Text type, id;
        if (check_entity(subject, where, "subject", problem) != 0 ||
            read_string(subject, where, "subject", "type", &type, problem) != 0 ||
            read_string(subject, where, "subject", "id", &id, problem) != 0 ||
            check_no_properties(subject, where, "subject.properties", problem) != 0)
                return AUTHZEN_PROBLEM;
        user[0] = '\0';
        if (text_is(type, "caller"))
                (void)append(user, AUTHZEN_USER_SIZE, TEXT_LITERAL("caller:"));
        else if (!text_is(type, "user") || memchr(id.data, ':', id.size))
                return refuse(problem, where, "subject",
                              "must be of type \"user\" or \"caller\", its id a name");
        if (!append(user, AUTHZEN_USER_SIZE, id))
                return refuse(problem, where, "subject.id", "is too long");
        return 0;
}

static int read_action(const json_t *action, const char *where, Text *ret_name,
                       AuthzenProblem *problem)
{
        if (check_entity(action, where, "action", problem) != 0 ||
            read_string(action, where, "action", "name", ret_name, problem) != 0 ||
            check_no_properties(action, where, "action.properties", problem) != 0)
                return AUTHZEN_PROBLEM;
        return ret_name->size < AUTHZEN_ACTION_SIZE
                       ? 0
                       : refuse(problem, where, "action.name", "is too long");
}

/* Reads TYPE: and, unless it is searched for, ID behind it. */
static int read_resource(const json_t *resource, const char *where, bool has_id, char *text,
                         AuthzenProblem *problem)
{
        Text type, id = TEXT_NULL;
        if (check_entity(resource, where, "resource", problem) != 0 ||
            read_string(resource, where, "resource", "type", &type, problem) != 0 ||
            (has_id && read_string(resource, where, "resource", "id", &id, problem) != 0))
                return AUTHZEN_PROBLEM;
        if (memchr(type.data, ':', type.size))
                return refuse(problem, where, "resource.type", "must not hold a colon");
        text[0] = '\0';
        if (!append(text, RESOURCE_SIZE_MAX, type) ||
            !append(text, RESOURCE_SIZE_MAX, TEXT_LITERAL(":")) ||
            (has_id && !append(text, RESOURCE_SIZE_MAX, id)))
                return refuse(problem, where, "resource", "is too long");
        return 0;
}

/* ---- What else a question states ---- */

static int read_properties(const json_t *resource, const char *where, AuthzenQuestion *question,
                           AuthzenProblem *problem)
{
        static const struct {
                const char *key, *if_true, *if_false;
        } KEYS[AUTHZEN_PROPERTIES_MAX] = {
                { "private", "private=true", "private=false" },
                { "active", "active=true", "active=false" },
                { "code", "code=true", "code=false" },
        };
        json_t *properties = json_object_get(resource, "properties"), *value;
        const char *key;
        if (properties && !json_is_object(properties))
                return refuse(problem, where, "resource.properties", "must be an object");
        json_object_foreach(properties, key, value)
        {
                size_t k = 0;
                while (k < AUTHZEN_PROPERTIES_MAX && strcmp(key, KEYS[k].key) != 0)
                        k++;
                if (k == AUTHZEN_PROPERTIES_MAX)
                        return refuse_key(problem, where, "resource.properties", key);
                if (!json_is_boolean(value))
                        return refuse(problem, where, "resource.properties",
                                      "may hold true and false only");
                question->properties[question->property_count++] =
                        json_is_true(value) ? KEYS[k].if_true : KEYS[k].if_false;
        }
        return 0;
}

static int read_with(const json_t *with, const char *where, AuthzenQuestion *question,
                     AuthzenProblem *problem)
{
        if (!json_is_array(with) || json_array_size(with) > QUERY_WITH_MAX)
                return refuse(problem, where, "context.with",
                              "must be an array of at most 4 strings");
        for (size_t i = 0; i < json_array_size(with); i++) {
                const json_t *object = json_array_get(with, i);
                if (!json_is_string(object))
                        return refuse(problem, where, "context.with",
                                      "must be an array of at most 4 strings");
                question->with[question->with_count++] =
                        (Text){ json_string_value(object), json_string_length(object) };
        }
        return 0;
}

static int read_context(const json_t *context, const char *where, AuthzenQuestion *question,
                        AuthzenProblem *problem)
{
        json_t *value;
        const char *key;
        if (context && !json_is_object(context))
                return refuse(problem, where, "context", "must be an object");
        json_object_foreach((json_t *)context, key, value)
        {
                if (strcmp(key, "with") == 0) {
                        if (read_with(value, where, question, problem) != 0)
                                return AUTHZEN_PROBLEM;
                } else if (strcmp(key, "ask_only") != 0) {
                        return refuse_key(problem, where, "context", key);
                } else if (!json_is_boolean(value)) {
                        return refuse(problem, where, "context.ask_only", "must be true or false");
                } else {
                        question->ask_only = json_is_true(value);
                }
        }
        return 0;
}

int authzen_read_question(const AuthzenParts *parts, const char *where,
                          AuthzenQuestion *ret_question, AuthzenProblem *problem)
{
        AuthzenQuestion *question = ret_question;
        question->with_count = question->property_count = 0;
        question->ask_only = false;
        if (read_subject(parts->subject, where, question->user, problem) != 0 ||
            read_action(parts->action, where, &question->action, problem) != 0 ||
            read_resource(parts->resource, where, true, question->resource, problem) != 0 ||
            read_properties(parts->resource, where, question, problem) != 0 ||
            read_context(parts->context, where, question, problem) != 0)
                return AUTHZEN_PROBLEM;
        return 0;
}

/* ---- Searches ---- */

/* Whom to search for: only people are ever granted anything. */
static int check_sought_subject(const json_t *subject, AuthzenProblem *problem)
{
        Text type;
        if (check_entity(subject, "", "subject", problem) != 0 ||
            read_string(subject, "", "subject", "type", &type, problem) != 0 ||
            check_no_properties(subject, "", "subject.properties", problem) != 0)
                return AUTHZEN_PROBLEM;
        return text_is(type, "user") ? 0
                                     : refuse(problem, "", "subject.type", "must be \"user\" here");
}

/* A search states nothing that is not in the policy. */
static int check_search_states_nothing(const AuthzenParts *parts, AuthzenProblem *problem)
{
        if (parts->context && !json_is_object(parts->context))
                return refuse(problem, "", "context", "must be an object");
        if (json_object_size(parts->context) > 0)
                return refuse_key(problem, "", "context",
                                  json_object_iter_key(json_object_iter((json_t *)parts->context)));
        return check_no_properties(parts->resource, "", "resource.properties", problem);
}

int authzen_read_search(const AuthzenParts *parts, AuthzenSought sought, AuthzenSearch *ret_search,
                        AuthzenProblem *problem)
{
        AuthzenSearch *search = ret_search;
        bool has_id = sought != AUTHZEN_RESOURCES;
        int r = sought == AUTHZEN_SUBJECTS
                        ? check_sought_subject(parts->subject, problem)
                        : read_subject(parts->subject, "", search->user, problem);
        if (sought == AUTHZEN_SUBJECTS)
                search->user[0] = '\0';
        search->action = TEXT_NULL;
        if (r == 0 && sought != AUTHZEN_ACTIONS)
                r = read_action(parts->action, "", &search->action, problem);
        if (r == 0)
                r = read_resource(parts->resource, "", has_id, search->resource, problem);
        return r == 0 ? check_search_states_nothing(parts, problem) : r;
}
