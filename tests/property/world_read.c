/* SPDX-License-Identifier: MIT */
/* Queries from their words, for cases that are written by hand. */
#include <stdio.h>
#include <string.h>

#include "world_text.h"

/* Copies the next word of REST, which is there, into RET_TEXT. */
static void take_word(char **rest, char *ret_text)
{
        strcpy(ret_text, strtok_r(NULL, " ", rest));
}

/* Reads what follows USER WORD. */
static void take_head(char **rest, const char *word, RefQuery *query)
{
        static const char *const WORDS[] = { NULL,        "grant",          "revoke",
                                             "migrate",   "add-member",     "remove-member",
                                             "customize", "start-lockdown", "end-lockdown" };

        for (RefKind kind = REF_GRANT; kind <= REF_END_LOCKDOWN; kind++)
                if (strcmp(word, WORDS[kind]) == 0)
                        query->kind = kind;
        if (query->kind == REF_PERMISSION)
                snprintf(query->permission, sizeof(query->permission), "%s", word);
        if (query->kind == REF_GRANT || query->kind == REF_REVOKE || query->kind == REF_CUSTOMIZE)
                take_word(rest, query->role);
        if (query->kind == REF_CUSTOMIZE)
                take_word(rest, query->permission);
        take_word(rest, query->resource);
}

void world_text_read_query(const char *words, RefQuery *ret_query)
{
        char text[4 * WORLD_TEXT_SIZE], *rest, *word;

        memset(ret_query, 0, sizeof(*ret_query));
        snprintf(text, sizeof(text), "%s", words);
        strcpy(ret_query->user, strtok_r(text, " ", &rest));
        take_head(&rest, strtok_r(NULL, " ", &rest), ret_query);
        while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
                RefFlag flag = strstr(word, "=true") != NULL ? REF_TRUE : REF_FALSE;
                if (strncmp(word, "with=", 5) == 0)
                        strcpy(ret_query->with[ret_query->with_count++], word + 5);
                else if (strncmp(word, "active=", 7) == 0)
                        ret_query->active = flag;
                else if (strncmp(word, "code=", 5) == 0)
                        ret_query->code = flag;
                else
                        ret_query->is_private = flag;
        }
}
