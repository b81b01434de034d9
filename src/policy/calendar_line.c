/* SPDX-License-Identifier: MIT */
/*
 * Calendar lines
 *
 * A line is unfolded where it stands: what follows a line end and a space moves up, so that nothing
 * is copied elsewhere and nothing grows.
 */
#include "policy/calendar_line.h"

#include <strings.h>

#include "policy/limits.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

CalendarText calendar_text(char *data, size_t size)
{
        size_t mark = sizeof(BYTE_ORDER_MARK) - 1;
        bool marked = size >= mark && memcmp(data, BYTE_ORDER_MARK, mark) == 0;
        return (CalendarText){ .data = data, .size = size, .offset = marked ? mark : 0 };
}

/* Takes one line of the file, without its end. */
static Text physical_line(CalendarText *text)
{
        const char *start = text->data + text->offset;
        size_t left = text->size - text->offset;
        const char *end = memchr(start, '\n', left);
        size_t size = end ? (size_t)(end - start) : left;
        text->offset += end ? size + 1 : size;
        text->number++;
        if (end && size > 0 && start[size - 1] == '\r')
                size--;
        return (Text){ start, size };
}

static bool is_continued(const CalendarText *text)
{
        return text->offset < text->size &&
               (text->data[text->offset] == ' ' || text->data[text->offset] == '\t');
}

/* Takes a content line with all that was folded away from it. */
static Text unfolded_line(CalendarText *text)
{
        Text first = physical_line(text);
        char *end = text->data + (first.data - text->data) + first.size;
        while (is_continued(text)) {
                text->offset++;
                Text more = physical_line(text);
                memmove(end, more.data, more.size);
                end += more.size;
        }
        return (Text){ first.data, (size_t)(end - first.data) };
}

static bool is_name_byte(char byte)
{
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
               (byte >= '0' && byte <= '9') || byte == '-';
}

/* The first of a byte outside of quotes. Return: its position, or the size. */
static size_t unquoted_find(Text text, char wanted)
{
        bool quoted = false;
        for (size_t i = 0; i < text.size; i++) {
                if (text.data[i] == '"')
                        quoted = !quoted;
                else if (!quoted && text.data[i] == wanted)
                        return i;
        }
        return text.size;
}

static Text text_after(Text text, size_t size)
{
        return (Text){ text.data + size, text.size - size };
}

/* Return: what is wrong, or NULL. */
static const char *line_split(Text whole, CalendarLine *line)
{
        if (whole.size > SOURCE_TOKEN_SIZE_MAX)
                return "this line is too long";
        if (memchr(whole.data, '\0', whole.size))
                return "a NUL byte";
        if (memchr(whole.data, '\r', whole.size))
                return "a carriage return that ends no line";
        size_t name = 0;
        while (name < whole.size && is_name_byte(whole.data[name]))
                name++;
        if (name == 0 || name == whole.size || (whole.data[name] != ':' && whole.data[name] != ';'))
                return "no content line of a calendar (NAME:VALUE)";
        line->name = (Text){ whole.data, name };
        Text rest = text_after(whole, name);
        size_t colon = unquoted_find(rest, ':');
        if (colon == rest.size)
                return "no value (NAME:VALUE)";
        line->parameters = colon > 0 ? (Text){ rest.data + 1, colon - 1 } : TEXT_NULL;
        line->value = text_after(rest, colon + 1);
        return NULL;
}

CalendarLineResult calendar_line_next(CalendarText *text, CalendarLine *ret_line,
                                      const char **ret_problem)
{
        while (text->offset < text->size) {
                uint32_t number = text->number + 1;
                Text whole = unfolded_line(text);
                if (whole.size == 0)
                        continue;
                CalendarLine line = { .number = number };
                const char *problem = line_split(whole, &line);
                *ret_line = line;
                if (!problem)
                        return CALENDAR_LINE_READ;
                *ret_problem = problem;
                return CALENDAR_LINE_BAD;
        }
        return CALENDAR_LINE_END;
}

bool calendar_parameter_next(Text *parameters, Text *ret_name, Text *ret_value)
{
        if (parameters->size == 0)
                return false;
        size_t size = unquoted_find(*parameters, ';');
        Text one = { parameters->data, size };
        *parameters = size < parameters->size ? text_after(*parameters, size + 1) : TEXT_NULL;
        if (!text_split_first(one, '=', ret_name, ret_value)) {
                *ret_name = one;
                *ret_value = TEXT_NULL;
        }
        Text *value = ret_value;
        if (value->size >= 2 && value->data[0] == '"' && value->data[value->size - 1] == '"')
                *value = (Text){ value->data + 1, value->size - 2 };
        return true;
}

bool calendar_name_is(Text text, const char *name)
{
        return text.size == strlen(name) && strncasecmp(text.data, name, text.size) == 0;
}

bool calendar_name_is_extension(Text name)
{
        return name.size >= 2 && strncasecmp(name.data, "X-", 2) == 0;
}
