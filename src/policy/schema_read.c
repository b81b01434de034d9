/* SPDX-License-Identifier: MIT */
/*
 * Schema: readers of values
 *
 * A value is used only after its type was checked: libconfig hands out 0 for a number that is none.
 */
#include "policy/schema.h"

#include <string.h>

#include "policy/limits.h"
#include "util/name.h"

enum {
        ESCAPED_SIZE = 128,
        TITLE_SIZE_MAX = 4096,
        DISTANCE_MAX = 2,
        WORDS_LISTED_MAX = 24,
        WORDS_SIZE = 768
};

/* ---- Types ---- */

static const char *type_text(const config_setting_t *setting)
{
        switch (config_setting_type(setting)) {
        case CONFIG_TYPE_GROUP:
                return "a group { }";
        case CONFIG_TYPE_INT:
        case CONFIG_TYPE_INT64:
                return "a number";
        case CONFIG_TYPE_STRING:
                return "a string";
        case CONFIG_TYPE_BOOL:
                return "true or false";
        case CONFIG_TYPE_ARRAY:
                return "an array [ ]";
        case CONFIG_TYPE_LIST:
                return "a list ( )";
        default:
                return "something else";
        }
}

/* Reports a wrong type. Return: false. */
static bool type_report(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        const char *wanted)
{
        return schema_error(loader, setting, "\"%s\" must be %s, not %s", key->name, wanted,
                            type_text(setting));
}

bool schema_is_string(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      Text *ret_text)
{
        if (config_setting_type(setting) != CONFIG_TYPE_STRING)
                return type_report(loader, key, setting, "a string");
        *ret_text = text_from(config_setting_get_string(setting));
        return true;
}

bool schema_is_list_of_strings(Loader *loader, const SchemaKey *key,
                               const config_setting_t *setting)
{
        if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
                return type_report(loader, key, setting, "an array of strings");
        if ((key->flags & SCHEMA_NOT_EMPTY) && config_setting_length(setting) == 0)
                return schema_error(loader, setting, "\"%s\" is empty", key->name);
        return true;
}

/* ---- Forms of names ---- */

static bool is_person(Text text)
{
        static const char PREFIX[] = "unix-group:";
        size_t size = sizeof(PREFIX) - 1;
        if (text.size > size && memcmp(text.data, PREFIX, size) == 0)
                text = (Text){ text.data + size, text.size - size };
        return name_is_valid_user(text);
}

static bool is_path(Text text, unsigned depth_min, unsigned depth_max)
{
        unsigned depth = 1;
        for (size_t i = 0; i < text.size; i++)
                depth += text.data[i] == '/';
        return depth >= depth_min && name_is_valid_path(text, depth_max);
}

static bool is_calendar_file(Text text)
{
        static const char END[] = ".ics";
        size_t size = sizeof(END) - 1;
        return name_is_valid(text) && text.size > size &&
               memcmp(text.data + text.size - size, END, size) == 0;
}

static bool form_fits(SchemaForm form, Text text)
{
        switch (form) {
        case FORM_NAME:
                return name_is_valid(text);
        case FORM_USER:
                return name_is_valid_user(text);
        case FORM_PERSON:
                return is_person(text);
        case FORM_SITE_PATH:
                return is_path(text, 1, SITE_DEPTH_MAX);
        case FORM_DOOR_PATH:
                return is_path(text, 2, SITE_DEPTH_MAX + 1);
        case FORM_HOST_PATH:
                return is_path(text, 3, PATH_DEPTH_MAX);
        case FORM_CALENDAR_FILE:
                return is_calendar_file(text);
        case FORM_WHOLE_DOOR_PATH:
                return is_path(text, 3, PATH_DEPTH_MAX);
        }
        return false;
}

static const char *form_text(SchemaForm form)
{
        static const char *const TEXTS[] = {
                [FORM_NAME] = "a name: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with . or -",
                [FORM_USER] = "a name: 1 to 64 of A-Z a-z 0-9 . _ - @ +, not starting with . or -",
                [FORM_PERSON] = "the name of a user, nor unix-group:NAME",
                [FORM_SITE_PATH] = "the path of a site, such as HQ/Tower",
                [FORM_DOOR_PATH] = "the path of a door, such as HQ/Tower/D1",
                [FORM_HOST_PATH] = "the path of a host, such as acme/HQ/gw-1",
                [FORM_CALENDAR_FILE] = "the name of a file in calendars.d, such as holidays.ics",
                [FORM_WHOLE_DOOR_PATH] =
                        "the path of a door with its organization, such as acme/HQ/D1",
        };
        return TEXTS[form];
}

/* Reads a name of the key's form and copies it. Return: NULL when something was reported. */
static const char *name_copy(Loader *loader, const SchemaKey *key, const config_setting_t *setting)
{
        Text text;
        char escaped[ESCAPED_SIZE];
        if (!schema_is_string(loader, key, setting, &text))
                return NULL;
        if (!form_fits(key->form, text)) {
                schema_error(loader, setting, "\"%s\" in \"%s\" is not %s",
                             text_escape(text, escaped, sizeof(escaped)), key->name,
                             form_text(key->form));
                return NULL;
        }
        const char *copy = arena_copy(loader->model->arena, text);
        if (!copy)
                schema_out_of_memory(loader);
        return copy;
}

bool schema_read_name(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        const char *copy = name_copy(loader, key, setting);
        if (!copy)
                return false;
        *(const char **)schema_member(key, target) = copy;
        if (key->extra)
                *(Place *)schema_extra(key, target) = schema_place(loader, setting);
        return true;
}

bool schema_read_reference(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                           void *target)
{
        const char *copy = name_copy(loader, key, setting);
        if (!copy)
                return false;
        *(Reference *)schema_member(key, target) =
                (Reference){ copy, schema_place(loader, setting), MODEL_NONE };
        return true;
}

bool schema_read_references(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                            void *target)
{
        ReferenceList *list = schema_member(key, target);
        if (!schema_is_list_of_strings(loader, key, setting))
                return false;
        uint32_t length = (uint32_t)config_setting_length(setting);
        if (length == 0)
                return true;
        list->items = arena_allocate(loader->model->arena, length * sizeof(Reference));
        if (!list->items)
                return schema_out_of_memory(loader);
        list->capacity = length;
        bool good = true;
        for (uint32_t i = 0; i < length; i++) {
                const config_setting_t *element = config_setting_get_elem(setting, i);
                const char *copy = name_copy(loader, key, element);
                good &= copy != NULL;
                if (copy)
                        list->items[list->count++] =
                                (Reference){ copy, schema_place(loader, element), MODEL_NONE };
        }
        return good;
}

/* ---- Texts ---- */

/* Reads a printable text and copies it. Return: NULL when something was reported. */
static const char *title_copy(Loader *loader, const SchemaKey *key, const config_setting_t *setting)
{
        Text text;
        if (!schema_is_string(loader, key, setting, &text))
                return NULL;
        if (text.size > TITLE_SIZE_MAX || !text_is_printable(text)) {
                if (text.size > TITLE_SIZE_MAX)
                        schema_error(loader, setting, "\"%s\" has more than %d bytes", key->name,
                                     TITLE_SIZE_MAX);
                else
                        schema_error(loader, setting,
                                     "\"%s\" holds control characters or bytes that are not UTF-8",
                                     key->name);
                return NULL;
        }
        const char *copy = arena_copy(loader->model->arena, text);
        if (!copy)
                schema_out_of_memory(loader);
        return copy;
}

bool schema_read_title(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        const char *copy = title_copy(loader, key, setting);
        if (copy)
                *(const char **)schema_member(key, target) = copy;
        return copy != NULL;
}

bool schema_read_titles(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        if (!schema_is_list_of_strings(loader, key, setting))
                return false;
        uint32_t length = (uint32_t)config_setting_length(setting);
        const char **titles =
                arena_allocate(loader->model->arena, (length + 1) * sizeof(const char *));
        if (!titles)
                return schema_out_of_memory(loader);
        bool good = true;
        for (uint32_t i = 0; i < length; i++) {
                titles[i] = title_copy(loader, key, config_setting_get_elem(setting, i));
                good &= titles[i] != NULL;
        }
        if (good)
                *(const char *const **)schema_member(key, target) = titles;
        return good;
}

/* ---- Switches and numbers ---- */

bool schema_read_switch(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
                return type_report(loader, key, setting, "true or false");
        *(bool *)schema_member(key, target) = config_setting_get_bool(setting);
        if (key->extra)
                *(Place *)schema_extra(key, target) = schema_place(loader, setting);
        return true;
}

bool schema_read_number(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        int64_t number;
        int type = config_setting_type(setting);
        if (type == CONFIG_TYPE_INT)
                number = config_setting_get_int(setting);
        else if (type == CONFIG_TYPE_INT64)
                number = config_setting_get_int64(setting);
        else
                return type_report(loader, key, setting, "a number");
        if (number < key->minimum || number > key->maximum)
                return schema_error(loader, setting, "\"%s\" must be %u to %u", key->name,
                                    key->minimum, key->maximum);
        *(uint32_t *)schema_member(key, target) = (uint32_t)number;
        if (key->extra)
                *(bool *)schema_extra(key, target) = true;
        return true;
}

/* ---- Words ---- */

/* Lists the words of a key where they are few enough to be read: "; known: allow, deny". */
static const char *words_list(const SchemaKey *key, char buffer[static WORDS_SIZE])
{
        const char *word;
        uint32_t value;
        unsigned count = 0;
        size_t size = 0;
        while (key->words(count, &value))
                count++;
        buffer[0] = '\0';
        if (count > WORDS_LISTED_MAX)
                return buffer;
        for (unsigned i = 0; size < WORDS_SIZE && (word = key->words(i, &value)); i++)
                if (value != SCHEMA_WORD_UNSUPPORTED)
                        size += (size_t)snprintf(buffer + size, WORDS_SIZE - size, "%s%s",
                                                 size == 0 ? "; known: " : ", ", word);
        return buffer;
}

static void unknown_word_report(Loader *loader, const SchemaKey *key,
                                const config_setting_t *setting, Text text)
{
        char escaped[ESCAPED_SIZE], words[WORDS_SIZE];
        const char *word, *nearest = NULL;
        unsigned best = DISTANCE_MAX + 1;
        uint32_t value;
        for (unsigned i = 0; (word = key->words(i, &value)); i++) {
                unsigned distance = text_distance(text, text_from(word), DISTANCE_MAX);
                if (distance < best) {
                        best = distance;
                        nearest = word;
                }
        }
        text_escape(text, escaped, sizeof(escaped));
        if (nearest)
                schema_error(loader, setting, "unknown \"%s\" in \"%s\"; did you mean \"%s\"?",
                             escaped, key->name, nearest);
        else
                schema_error(loader, setting, "unknown \"%s\" in \"%s\"%s", escaped, key->name,
                             words_list(key, words));
}

bool schema_word_find(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      uint32_t *ret_value)
{
        Text text;
        const char *word;
        uint32_t value;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        for (unsigned i = 0; (word = key->words(i, &value)); i++) {
                if (!text_is(text, word))
                        continue;
                if (value == SCHEMA_WORD_UNSUPPORTED)
                        return schema_error(loader, setting,
                                            "\"%s\" in \"%s\" is not supported yet", word,
                                            key->name);
                *ret_value = value;
                return true;
        }
        unknown_word_report(loader, key, setting, text);
        return false;
}

bool schema_read_word(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        return schema_word_find(loader, key, setting, schema_member(key, target));
}

bool schema_read_word_switch(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             void *target)
{
        uint32_t value = 0;
        if (!schema_word_find(loader, key, setting, &value))
                return false;
        *(bool *)schema_member(key, target) = value != 0;
        return true;
}

bool schema_read_words(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        uint32_t bits = 0;
        bool good = true;
        if (!schema_is_list_of_strings(loader, key, setting))
                return false;
        for (int i = 0; i < config_setting_length(setting); i++) {
                const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
                uint32_t bit;
                if (!schema_word_find(loader, key, element, &bit))
                        good = false;
                else if (bits & bit)
                        good = schema_error(loader, element, "\"%s\" stands twice in \"%s\"",
                                            config_setting_get_string(element), key->name);
                else
                        bits |= bit;
        }
        *(uint32_t *)schema_member(key, target) = bits;
        return good;
}

/* ---- Groups ---- */

bool schema_read_group(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        if (!config_setting_is_group(setting))
                return type_report(loader, key, setting, "a group { ... }");
        void *member = schema_member(key, target);
        if (key->extra)
                *(Place *)schema_extra(key, target) = schema_place(loader, setting);
        return schema_walk(loader, key->table, setting, member) == SCHEMA_GOOD;
}

bool schema_read_list(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        return schema_items(loader, key, setting, schema_member(key, target));
}
