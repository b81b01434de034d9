/* SPDX-License-Identifier: MIT */
/*
 * Change
 *
 * One table says what each verb takes; a change is checked against it before it is written and
 * after it is read, so that each line has one meaning and each change one line.
 */
#include "policy/change.h"

#include <errno.h>
#include <string.h>

#include "util/name.h"
#include "util/timestamp.h"

enum { MEMBERS = 11 };

/* What a verb takes. Bits. */
enum Takes {
        TAKES_USER = 1 << 0,  /* as target */
        TAKES_GROUP = 1 << 1, /* as target */
        TAKES_ROLE = 1 << 2,
        TAKES_SITE = 1 << 3,       /* or none */
        TAKES_INTERVAL = 1 << 4,   /* or none */
        TAKES_MEMBERSHIP = 1 << 5, /* object: a group or an access group */
        TAKES_PERMISSION = 1 << 6, /* object */
};

static const struct {
        const char *name;
        unsigned takes;
} VERBS[CHANGE_VERB_COUNT] = {
        [CHANGE_GRANT] = { "grant",
                           TAKES_USER | TAKES_GROUP | TAKES_ROLE | TAKES_SITE | TAKES_INTERVAL },
        [CHANGE_REVOKE] = { "revoke", TAKES_USER | TAKES_GROUP | TAKES_ROLE | TAKES_SITE },
        [CHANGE_MIGRATE] = { "migrate", TAKES_USER },
        [CHANGE_ADD_MEMBER] = { "add-member", TAKES_USER | TAKES_MEMBERSHIP },
        [CHANGE_REMOVE_MEMBER] = { "remove-member", TAKES_USER | TAKES_MEMBERSHIP },
        [CHANGE_CUSTOMIZE_ADD] = { "customize-add", TAKES_ROLE | TAKES_PERMISSION },
        [CHANGE_CUSTOMIZE_REMOVE] = { "customize-remove", TAKES_ROLE | TAKES_PERMISSION },
        [CHANGE_CUSTOMIZE_DEFAULT] = { "customize-default", TAKES_ROLE },
};

/* ---- What a change may hold ---- */

static bool target_is_valid(const Change *change, unsigned takes)
{
        switch (change->target_type) {
        case RESOURCE_USER:
                return (takes & TAKES_USER) && name_is_valid_user(change->target);
        case RESOURCE_GROUP:
                return (takes & TAKES_GROUP) && name_is_valid(change->target);
        case RESOURCE_ORGANIZATION:
                return !(takes & (TAKES_USER | TAKES_GROUP)) && change->target.size == 0;
        default:
                return false;
        }
}

static bool object_is_valid(const Change *change, unsigned takes)
{
        bool is_group = change->object_type == RESOURCE_GROUP ||
                        change->object_type == RESOURCE_ACCESS_GROUP;
        if (takes & TAKES_MEMBERSHIP)
                return is_group && name_is_valid(change->object);
        if (takes & TAKES_PERMISSION)
                return name_is_valid(change->object);
        return change->object.size == 0;
}

static bool time_is_valid(int64_t time_s, int64_t unstated)
{
        char text[TIMESTAMP_TEXT_SIZE];
        return time_s == unstated || strcmp(timestamp_format(time_s, text), "-") != 0;
}

static bool interval_is_valid(const Change *change, unsigned takes)
{
        bool is_stated = change->from_s != TIMESTAMP_MIN || change->until_s != TIMESTAMP_MAX;
        return ((takes & TAKES_INTERVAL) || !is_stated) &&
               time_is_valid(change->from_s, TIMESTAMP_MIN) &&
               time_is_valid(change->until_s, TIMESTAMP_MAX) && change->from_s < change->until_s;
}

static bool remark_is_valid(const Change *change)
{
        Text reason = change->reason;
        return (change->by.size == 0 || name_is_valid_user(change->by)) &&
               time_is_valid(change->at_s, TIMESTAMP_MIN) && reason.size <= CHANGE_REASON_MAX &&
               (reason.size == 0 || !memchr(reason.data, '\0', reason.size));
}

static bool change_is_valid(const Change *change)
{
        if ((unsigned)change->verb >= CHANGE_VERB_COUNT || !name_is_valid(change->organization))
                return false;
        unsigned takes = VERBS[change->verb].takes;
        bool has_role = change->role.size > 0, has_site = change->site.size > 0;
        if (has_role != !!(takes & TAKES_ROLE) || (has_site && !(takes & TAKES_SITE)))
                return false;
        return (!has_role || name_is_valid(change->role)) &&
               (!has_site || name_is_valid_path(change->site, SITE_DEPTH_MAX)) &&
               target_is_valid(change, takes) && object_is_valid(change, takes) &&
               interval_is_valid(change, takes) && remark_is_valid(change);
}

/* ---- Writing ---- */

static void text_write(Text text, FILE *stream)
{
        if (text.size == 0)
                fputc('-', stream);
        else
                fwrite(text.data, 1, text.size, stream);
}

/* TYPE:NAME */
static void typed_write(ResourceType type, Text name, FILE *stream)
{
        if (name.size > 0)
                fprintf(stream, "%s:", resource_type_name(type));
        text_write(name, stream);
}

static bool is_control(unsigned char byte)
{
        return byte < 0x20 || byte == 0x7f;
}

/* A lone "-" would mean that there is none. */
static void reason_write(Text reason, FILE *stream)
{
        if (text_is(reason, "-"))
                fputs("\\x2d", stream);
        else if (reason.size == 0)
                fputc('-', stream);
        for (size_t i = 0; i < reason.size && !text_is(reason, "-"); i++) {
                unsigned char byte = (unsigned char)reason.data[i];
                if (byte == '\\')
                        fputs("\\\\", stream);
                else if (is_control(byte))
                        fprintf(stream, "\\x%02x", byte);
                else
                        fputc(byte, stream);
        }
}

int change_write(const Change *change, FILE *stream)
{
        char from[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE], at[TIMESTAMP_TEXT_SIZE];
        if (!change_is_valid(change))
                return -EINVAL;
        bool is_membership = VERBS[change->verb].takes & TAKES_MEMBERSHIP;
        fprintf(stream, "%s\t", VERBS[change->verb].name);
        text_write(change->organization, stream);
        fputc('\t', stream);
        typed_write(change->target_type, change->target, stream);
        fputc('\t', stream);
        text_write(change->role, stream);
        fputc('\t', stream);
        text_write(change->site, stream);
        fputc('\t', stream);
        if (is_membership)
                typed_write(change->object_type, change->object, stream);
        else
                text_write(change->object, stream);
        fprintf(stream, "\t%s\t%s\t", timestamp_format(change->from_s, from),
                timestamp_format(change->until_s, until));
        text_write(change->by, stream);
        fprintf(stream, "\t%s\t", timestamp_format(change->at_s, at));
        reason_write(change->reason, stream);
        fputc('\n', stream);
        return ferror(stream) ? -EIO : 0;
}

/* ---- Reading ---- */

static bool verb_parse(Text text, ChangeVerb *ret_verb)
{
        for (unsigned i = 0; i < CHANGE_VERB_COUNT; i++)
                if (text_is(text, VERBS[i].name)) {
                        *ret_verb = (ChangeVerb)i;
                        return true;
                }
        return false;
}

static Text member_text(Text text)
{
        return text_is(text, "-") ? TEXT_NULL : text;
}

static bool typed_parse(Text text, ResourceType *ret_type, Text *ret_name)
{
        Text type, name;
        if (!text_split_first(text, ':', &type, &name) ||
            !resource_type_from_name(type, ret_type) || name.size == 0)
                return false;
        *ret_name = name;
        return true;
}

/* A time in the one form in which it is written. */
static bool time_parse(Text text, int64_t unstated, int64_t *ret_time_s)
{
        char again[TIMESTAMP_TEXT_SIZE];
        *ret_time_s = unstated;
        if (text_is(text, "-"))
                return true;
        return timestamp_parse(text, ret_time_s) == 0 &&
               text_is(text, timestamp_format(*ret_time_s, again));
}

static int hex_digit(char byte)
{
        static const char DIGITS[] = "0123456789abcdef";
        const char *found = byte ? strchr(DIGITS, byte) : NULL;
        return found ? (int)(found - DIGITS) : -1;
}

/* Undoes one escape, of those that reason_write() makes. Return: the bytes taken, or 0. */
static size_t escape_undo(const char *escape, size_t left, bool whole, char *ret_byte)
{
        if (left >= 2 && escape[1] == '\\') {
                *ret_byte = '\\';
                return 2;
        }
        int high = left >= 4 && escape[1] == 'x' ? hex_digit(escape[2]) : -1;
        int low = high >= 0 ? hex_digit(escape[3]) : -1;
        if (low < 0)
                return 0;
        unsigned char byte = (unsigned char)(high << 4 | low);
        bool is_lone_minus = whole && left == 4 && byte == '-';
        if (byte == 0 || (!is_control(byte) && !is_lone_minus))
                return 0;
        *ret_byte = (char)byte;
        return 4;
}

/* Undoes escapes in place. */
static bool reason_parse(char *text, size_t size, Text *ret_reason)
{
        size_t written = 0;
        *ret_reason = TEXT_NULL;
        if (size == 1 && text[0] == '-')
                return true;
        for (size_t i = 0; i < size;) {
                size_t taken = 1;
                char byte = text[i];
                if (byte == '\\')
                        taken = escape_undo(text + i, size - i, i == 0, &byte);
                else if (is_control((unsigned char)byte))
                        taken = 0;
                if (taken == 0)
                        return false;
                text[written++] = byte;
                i += taken;
        }
        *ret_reason = (Text){ text, written };
        return written > 0;
}

/* Splits a line at its tabs. Return: whether it has as many members as it should. */
static bool members_split(Text line, Text members[static MEMBERS])
{
        for (unsigned i = 0; i + 1 < MEMBERS; i++)
                if (!text_split_first(line, '\t', &members[i], &line) || members[i].size == 0)
                        return false;
        members[MEMBERS - 1] = line;
        return line.size > 0;
}

static bool target_parse(Text text, Change *change)
{
        change->target_type = RESOURCE_ORGANIZATION;
        return text_is(text, "-") || typed_parse(text, &change->target_type, &change->target);
}

static bool object_parse(Text text, Change *change)
{
        change->object = member_text(text);
        return !(VERBS[change->verb].takes & TAKES_MEMBERSHIP) ||
               typed_parse(text, &change->object_type, &change->object);
}

/* The line lies at `start`, which may be changed. */
static bool change_parse(char *start, size_t size, Change *ret_change)
{
        Text members[MEMBERS];
        Change change = { 0 };
        if (!members_split((Text){ start, size }, members) ||
            !verb_parse(members[0], &change.verb) || !target_parse(members[2], &change) ||
            !object_parse(members[5], &change) ||
            !time_parse(members[6], TIMESTAMP_MIN, &change.from_s) ||
            !time_parse(members[7], TIMESTAMP_MAX, &change.until_s) ||
            !time_parse(members[9], TIMESTAMP_MIN, &change.at_s) ||
            !reason_parse(start + (members[10].data - start), members[10].size, &change.reason))
                return false;
        change.organization = member_text(members[1]);
        change.role = member_text(members[3]);
        change.site = member_text(members[4]);
        change.by = member_text(members[8]);
        *ret_change = change;
        return change_is_valid(&change);
}

int changes_parse(char *text, size_t size, Change changes[static CHANGES_MAX], size_t *ret_count)
{
        size_t count = 0;
        for (char *end = text + size; text < end; count++) {
                char *stop = memchr(text, '\n', (size_t)(end - text));
                if (!stop || count == CHANGES_MAX ||
                    !change_parse(text, (size_t)(stop - text), &changes[count]))
                        return -EPROTO;
                text = stop + 1;
        }
        *ret_count = count;
        return 0;
}
