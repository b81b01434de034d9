/* SPDX-License-Identifier: MIT */
/* Words: see word.h. */
#include "client/word.h"

#include <string.h>

#include "util/number.h"

#define ID_SIZE       32
#define LINE_SIZE_MAX 256

bool word_is_card(const char *word)
{
        uint64_t number;
        return number_parse(text_from(word), UINT64_MAX, &number) == 0;
}

bool word_is_id(const char *word)
{
        return word && strspn(word, "0123456789abcdef") == ID_SIZE && word[ID_SIZE] == '\0';
}

bool word_is_line(const char *word)
{
        Text text = text_from(word);
        return text.size > 0 && text.size <= LINE_SIZE_MAX && text_is_printable(text);
}
