/* SPDX-License-Identifier: MIT */
/* Change text: one writer a kind of change. */
#include "cli/change_text.h"

#include "util/timestamp.h"

static void write_text(Text text, FILE *stream)
{
        (void)fwrite(text.data, 1, text.size, stream);
}

/* "subject, verb, object": most changes are one such sentence. */
static void write_three(Text subject, const char *verb, Text object, FILE *stream)
{
        write_text(subject, stream);
        fprintf(stream, " %s ", verb);
        write_text(object, stream);
}

static void write_grant(const Query *query, const Options *options, FILE *stream)
{
        char time[TIMESTAMP_TEXT_SIZE];
        write_three(query->roles[0].whole, "is granted to", query->resource.whole, stream);
        if (options->given & OPTION_FROM)
                fprintf(stream, " from %s", timestamp_format(options->from_s, time));
        if (options->given & OPTION_UNTIL)
                fprintf(stream, " until %s", timestamp_format(options->until_s, time));
}

static void write_revoke(const Query *query, const Options *options, FILE *stream)
{
        write_three(query->roles[0].whole, "is no longer granted to", query->resource.whole,
                    stream);
}

static void write_migrate(const Query *query, const Options *options, FILE *stream)
{
        fputs("the legacy roles of ", stream);
        write_text(query->resource.whole, stream);
        fputs(" have no effect any more", stream);
        for (size_t i = 0; i < query->role_count; i++) {
                fputs(i == 0 ? "; granted instead: " : ", ", stream);
                write_text(query->roles[i].whole, stream);
        }
}

static void write_add_member(const Query *query, const Options *options, FILE *stream)
{
        write_three(query->resource.whole, "is in", query->with[0].whole, stream);
}

static void write_remove_member(const Query *query, const Options *options, FILE *stream)
{
        write_three(query->resource.whole, "is no longer in", query->with[0].whole, stream);
}

static void write_customize(const Query *query, const Options *options, FILE *stream)
{
        static const char *const VERBS[] = {
                [CUSTOMIZE_ADD] = "has", [CUSTOMIZE_REMOVE] = "no longer has"
        };
        write_text(query->roles[0].whole, stream);
        if (query->verb == CUSTOMIZE_DEFAULT) {
                fputs(" is as the catalogue has it", stream);
        } else {
                fprintf(stream, " %s ", VERBS[query->verb]);
                write_text(query->permission, stream);
        }
        fputs(" in ", stream);
        write_text(query->resource.whole, stream);
}

void change_text_write(const Query *query, const Options *options, FILE *stream)
{
        static void (*const WRITERS[QUERY_KIND_COUNT])(const Query *, const Options *, FILE *) = {
                [QUERY_GRANT] = write_grant,
                [QUERY_REVOKE] = write_revoke,
                [QUERY_MIGRATE] = write_migrate,
                [QUERY_ADD_MEMBER] = write_add_member,
                [QUERY_REMOVE_MEMBER] = write_remove_member,
                [QUERY_CUSTOMIZE] = write_customize,
        };
        if (WRITERS[query->kind])
                WRITERS[query->kind](query, options, stream);
}
