/* SPDX-License-Identifier: MIT */
/*
 * schema_check SCHEMA: does the JSON document on standard input keep to a schema?
 *
 * The schemas are those of the AuthZEN standard, written down in words of our own that a reader and
 * this program understand alike; whatever else stands in a schema is an error of its own.
 *
 *     type        object, array, string, integer, boolean
 *     required    members that an object must have
 *     properties  the schemas of members
 *     closed      no other members: what the standard lets us add is written down, too
 *     items       the schema of every element of an array
 *     value       what a string must be          begins      what it must begin with
 *     characters  which ones it may hold         length      how many bytes it must have
 *     minimum     of an integer                  title       for the reader
 *
 * No string may be empty, but next_token: an empty id or name is none. Exit status: 0 it does, 1 it
 * does not (said on standard output), 2 the schema is none.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 256

static const char *const words[] = { "type",   "required", "properties", "closed",
                                     "items",  "value",    "begins",     "characters",
                                     "length", "minimum",  "title" };

static const char *type_name(const json_t *value)
{
        switch (json_typeof(value)) {
        case JSON_OBJECT:
                return "object";
        case JSON_ARRAY:
                return "array";
        case JSON_STRING:
                return "string";
        case JSON_INTEGER:
                return "integer";
        case JSON_TRUE:
        case JSON_FALSE:
                return "boolean";
        default:
                return "something else";
        }
}

static bool complain(const char *place, const char *what)
{
        printf("%s %s\n", *place ? place : "The document", what);
        return false;
}

/* A schema with a word that means nothing here would check less than it seems to. */
static void check_words(json_t *schema)
{
        const char *key;
        json_t *value;
        json_object_foreach(schema, key, value)
        {
                size_t i = 0;
                while (i < sizeof(words) / sizeof(*words) && strcmp(words[i], key) != 0)
                        i++;
                if (i == sizeof(words) / sizeof(*words)) {
                        printf("the schema says %s\n", key);
                        exit(2);
                }
        }
}

static bool check_string(json_t *schema, const char *string, const char *place)
{
        const char *value = json_string_value(json_object_get(schema, "value"));
        const char *begins = json_string_value(json_object_get(schema, "begins"));
        const char *characters = json_string_value(json_object_get(schema, "characters"));
        json_int_t length = json_integer_value(json_object_get(schema, "length"));
        size_t name = strlen("next_token"), size = strlen(place);
        if (!*string && (size < name || strcmp(place + size - name, "next_token") != 0))
                return complain(place, "is empty");
        if (value && strcmp(value, string) != 0)
                return complain(place, "has another value");
        if (begins && strncmp(begins, string, strlen(begins)) != 0)
                return complain(place, "begins otherwise");
        if (characters && string[strspn(string, characters)] != '\0')
                return complain(place, "holds other characters");
        if (length && (json_int_t)strlen(string) != length)
                return complain(place, "has another length");
        return true;
}

static bool check(json_t *schema, json_t *value, const char *place);

static bool check_object(json_t *schema, json_t *object, const char *place)
{
        json_t *properties = json_object_get(schema, "properties"), *value;
        const char *key;
        size_t i;
        char inner[PLACE_SIZE];
        json_array_foreach(json_object_get(schema, "required"), i, value)
        {
                if (!json_object_get(object, json_string_value(value)))
                        return complain(json_string_value(value), "is missing");
        }
        json_object_foreach(object, key, value)
        {
                json_t *member = json_object_get(properties, key);
                snprintf(inner, sizeof(inner), "%s.%s", place, key);
                if (!member && json_is_true(json_object_get(schema, "closed")))
                        return complain(inner, "is not in the schema");
                if (member && !check(member, value, inner))
                        return false;
        }
        return true;
}

static bool check_array(json_t *schema, json_t *array, const char *place)
{
        json_t *items = json_object_get(schema, "items"), *value;
        size_t i;
        char inner[PLACE_SIZE];
        json_array_foreach(array, i, value)
        {
                snprintf(inner, sizeof(inner), "%s[%zu]", place, i);
                if (items && !check(items, value, inner))
                        return false;
        }
        return true;
}

static bool check(json_t *schema, json_t *value, const char *place)
{
        const char *type = json_string_value(json_object_get(schema, "type"));
        json_t *minimum = json_object_get(schema, "minimum");
        check_words(schema);
        if (!type || strcmp(type, type_name(value)) != 0)
                return complain(place, "has another type");
        if (json_is_object(value))
                return check_object(schema, value, place);
        if (json_is_array(value))
                return check_array(schema, value, place);
        if (json_is_string(value))
                return check_string(schema, json_string_value(value), place);
        if (minimum && json_integer_value(value) < json_integer_value(minimum))
                return complain(place, "is too small");
        return true;
}

int main(int argc, char **argv)
{
        json_error_t error;
        json_t *schema = argc == 2 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error) : NULL;
        if (!json_is_object(schema)) {
                printf("no schema\n");
                return 2;
        }
        json_t *document = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
        if (!document)
                printf("no JSON: %s\n", error.text);
        bool good = document && check(schema, document, "");
        json_decref(document);
        json_decref(schema);
        return good ? 0 : 1;
}
