/* SPDX-License-Identifier: MIT */
/* The text of PAM service files: assembling lines, cutting words, reading controls. */
#include "cli/pam_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BLANKS   " \t\n"
#define UNSET    1000001 /* no action yet */
#define JUMP_MAX 1000000 /* no stack is that long */

static const char *const return_names[_PAM_RETURN_VALUES] = {
        [PAM_SUCCESS] = "success",
        [PAM_OPEN_ERR] = "open_err",
        [PAM_SYMBOL_ERR] = "symbol_err",
        [PAM_SERVICE_ERR] = "service_err",
        [PAM_SYSTEM_ERR] = "system_err",
        [PAM_BUF_ERR] = "buf_err",
        [PAM_PERM_DENIED] = "perm_denied",
        [PAM_AUTH_ERR] = "auth_err",
        [PAM_CRED_INSUFFICIENT] = "cred_insufficient",
        [PAM_AUTHINFO_UNAVAIL] = "authinfo_unavail",
        [PAM_USER_UNKNOWN] = "user_unknown",
        [PAM_MAXTRIES] = "maxtries",
        [PAM_NEW_AUTHTOK_REQD] = "new_authtok_reqd",
        [PAM_ACCT_EXPIRED] = "acct_expired",
        [PAM_SESSION_ERR] = "session_err",
        [PAM_CRED_UNAVAIL] = "cred_unavail",
        [PAM_CRED_EXPIRED] = "cred_expired",
        [PAM_CRED_ERR] = "cred_err",
        [PAM_NO_MODULE_DATA] = "no_module_data",
        [PAM_CONV_ERR] = "conv_err",
        [PAM_AUTHTOK_ERR] = "authtok_err",
        [PAM_AUTHTOK_RECOVERY_ERR] = "authtok_recover_err",
        [PAM_AUTHTOK_LOCK_BUSY] = "authtok_lock_busy",
        [PAM_AUTHTOK_DISABLE_AGING] = "authtok_disable_aging",
        [PAM_TRY_AGAIN] = "try_again",
        [PAM_IGNORE] = "ignore",
        [PAM_ABORT] = "abort",
        [PAM_AUTHTOK_EXPIRED] = "authtok_expired",
        [PAM_MODULE_UNKNOWN] = "module_unknown",
        [PAM_BAD_ITEM] = "bad_item",
        [PAM_CONV_AGAIN] = "conv_again",
        [PAM_INCOMPLETE] = "incomplete",
};

static const struct ActionName {
        const char *name;
        int action;
} action_names[] = {
        { "ignore", PAM_ACTION_IGNORE }, { "ok", PAM_ACTION_OK },   { "done", PAM_ACTION_DONE },
        { "bad", PAM_ACTION_BAD },       { "die", PAM_ACTION_DIE }, { "reset", PAM_ACTION_RESET },
};

/* The four words: what success and new_authtok_reqd, ignore, and all else mean. */
static const struct ControlWord {
        const char *word;
        int success, ignore, rest;
} control_words[] = {
        { "required", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_BAD },
        { "requisite", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_DIE },
        { "optional", PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_IGNORE },
        { "sufficient", PAM_ACTION_DONE, PAM_ACTION_IGNORE, PAM_ACTION_IGNORE },
};

const char *pam_text_return_name(int code)
{
        return return_names[code];
}

void pam_text_fill_control(PamControl *control, int action)
{
        for (int i = 0; i < _PAM_RETURN_VALUES; i++)
                control->actions[i] = action;
}

/* The next physical line, its end included. Return: its length, 0 at the end. */
static size_t next_physical_line(PamText *text, const char **ret_line)
{
        size_t left = text->size - text->offset;
        if (left == 0)
                return 0;
        const char *start = text->data + text->offset;
        const char *end = memchr(start, '\n', left);
        size_t length = end ? (size_t)(end - start) + 1 : left;
        text->offset += length;
        text->line++;
        *ret_line = start;
        return length;
}

/* Is there anything before a comment? */
static bool has_words(const char *line, size_t length)
{
        size_t i = 0;
        while (i < length && strchr(BLANKS, line[i]))
                i++;
        return i < length && line[i] != '#';
}

/* The length without what follows the last character that is no blank. */
static size_t trimmed(const char *line, size_t length)
{
        while (length > 0 && strchr(BLANKS, line[length - 1]))
                length--;
        return length;
}

int pam_text_next_line(PamText *text, char *buffer, unsigned *ret_line)
{
        const char *line;
        size_t used = 0, length;
        while ((length = next_physical_line(text, &line)) > 0) {
                if (length > PAM_LINE_BYTES_MAX - used) {
                        *ret_line = text->line;
                        return PAM_TEXT_TOO_LONG;
                }
                if (!has_words(line, length))
                        continue; /* also in the middle of a continued line */
                if (used == 0)
                        *ret_line = text->line;
                const char *comment = memchr(line, '#', length);
                size_t size = comment ? (size_t)(comment - line) : trimmed(line, length);
                bool continued = !comment && line[size - 1] == '\\';
                memcpy(buffer + used, line, size);
                used += size;
                if (!continued) {
                        buffer[used] = '\0';
                        return 0;
                }
                buffer[used - 1] = ' ';
        }
        if (used > 0)
                return PAM_TEXT_UNFINISHED;
        return PAM_TEXT_END;
}

/* Cuts "...]" at its end, turning "\]" into "]". Return: where the rest begins. */
static char *cut_bracket(char *word)
{
        char *to = word, *from = word;
        for (; *from && *from != ']'; from++) {
                if (from[0] == '\\' && from[1] == ']')
                        from++;
                *to++ = *from;
        }
        char *rest = *from ? from + 1 : from;
        *to = '\0';
        return rest;
}

char *pam_text_next_word(char **position)
{
        char *word = *position, *rest;
        if (!word)
                return NULL;
        word += strspn(word, BLANKS);
        if (*word == '[') {
                rest = cut_bracket(++word);
        } else if (*word) {
                rest = word + strcspn(word, BLANKS);
                if (*rest)
                        *rest++ = '\0';
        } else {
                *position = NULL;
                return NULL;
        }
        *position = *rest ? rest : NULL;
        return word;
}

static const char *skip_space(const char *word)
{
        while (isspace((unsigned char)*word))
                word++;
        return word;
}

/* Names may run into what follows them: libpam compares their beginnings only. */
static bool take_prefix(const char **word, const char *prefix)
{
        size_t size = strlen(prefix);
        if (strncmp(*word, prefix, size) != 0)
                return false;
        *word += size;
        return true;
}

/* Return: the code, _PAM_RETURN_VALUES for "default", or -1. */
static int take_return(const char **word)
{
        for (int i = 0; i < _PAM_RETURN_VALUES; i++)
                if (take_prefix(word, return_names[i]))
                        return i;
        return take_prefix(word, "default") ? _PAM_RETURN_VALUES : -1;
}

static bool take_action(const char **word, int *ret_action)
{
        for (size_t i = 0; i < sizeof(action_names) / sizeof(*action_names); i++)
                if (take_prefix(word, action_names[i].name)) {
                        *ret_action = action_names[i].action;
                        return true;
                }
        int jump = 0;
        for (; isdigit((unsigned char)**word); ++*word)
                jump = jump > JUMP_MAX / 10 ? JUMP_MAX : jump * 10 + (**word - '0');
        *ret_action = jump;
        return jump > 0;
}

static void set_rest(PamControl *control, int action)
{
        for (int i = 0; i < _PAM_RETURN_VALUES; i++)
                if (control->actions[i] == UNSET)
                        control->actions[i] = action;
}

static bool read_pairs(const char *word, PamControl *control)
{
        while (*(word = skip_space(word))) {
                int action, code = take_return(&word);
                if (code < 0 || *(word = skip_space(word)) != '=')
                        return false;
                word = skip_space(word + 1);
                if (!take_action(&word, &action))
                        return false;
                if (code == _PAM_RETURN_VALUES)
                        set_rest(control, action);
                else
                        control->actions[code] = action;
        }
        return true;
}

bool pam_text_read_control(const char *word, PamControl *ret_control)
{
        for (size_t i = 0; i < sizeof(control_words) / sizeof(*control_words); i++) {
                const struct ControlWord *row = &control_words[i];
                if (strcasecmp(word, row->word) != 0)
                        continue;
                pam_text_fill_control(ret_control, row->rest);
                ret_control->actions[PAM_SUCCESS] = row->success;
                ret_control->actions[PAM_NEW_AUTHTOK_REQD] = row->success;
                ret_control->actions[PAM_IGNORE] = row->ignore;
                return true;
        }
        PamControl control;
        pam_text_fill_control(&control, UNSET);
        bool readable = read_pairs(word, &control);
        if (readable)
                set_rest(&control, PAM_ACTION_BAD);
        else
                pam_text_fill_control(&control, PAM_ACTION_BAD);
        *ret_control = control;
        return readable;
}
