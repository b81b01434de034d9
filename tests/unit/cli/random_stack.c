/* SPDX-License-Identifier: MIT */
/* Random PAM services: a service, `other`, and FILE_COUNT files of which each includes later ones
 * only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_modules.h>

#include "cli/pam_text.h"
#include "random_stack.h"
#include "util/cleanup.h"

enum { FILE_COUNT = 5, LINES_MAX = 6, PATH_SIZE = 512 };

typedef struct Writer {
        Random *random;
        const char *folder;
        const char *module;
        FILE *file;
        int next; /* the first of the files that may be included */
} Writer;

#define PICK(writer, list)                                                                         \
        list[random_below((writer)->random, (int)(sizeof(list) / sizeof(*(list))))]

static void write_space(const Writer *writer)
{
        static const char *const spaces[] = { " ", "\t", "   ", " \t ", " \\\n", "\t\\ \n  " };
        fputs(random_chance(writer->random, 70) ? " " : PICK(writer, spaces), writer->file);
}

static void write_action(const Writer *writer)
{
        static const char *const actions[] = { "ignore", "ok",    "done", "bad", "die",
                                               "reset",  "reset", "1",    "2",   "3",
                                               "10",     "0",     "stay" };
        fputs(PICK(writer, actions), writer->file);
}

static void write_pairs(const Writer *writer)
{
        static const int likely[] = { PAM_SUCCESS, PAM_IGNORE, PAM_PERM_DENIED, PAM_USER_UNKNOWN,
                                      PAM_NEW_AUTHTOK_REQD };
        int pairs = random_below(writer->random, 5);
        fputc('[', writer->file);
        for (int i = 0; i < pairs; i++) {
                int code = random_chance(writer->random, 80)
                                   ? PICK(writer, likely)
                                   : random_below(writer->random, _PAM_RETURN_VALUES);
                fprintf(writer->file, "%s%s=%s", i ? " " : "",
                        random_chance(writer->random, 20) ? "default" : pam_text_return_name(code),
                        random_chance(writer->random, 10) ? " " : "");
                write_action(writer);
        }
        fputs(random_chance(writer->random, 60) ? " default=ignore]" : "]", writer->file);
}

static void write_control(const Writer *writer)
{
        static const char *const words[] = { "required", "requisite", "sufficient", "optional",
                                             "Required", "OPTIONAL",  "[required]", "requird",
                                             "bad",      "[]" };
        if (random_chance(writer->random, 45))
                write_pairs(writer);
        else if (random_chance(writer->random, 90))
                fputs(words[random_below(writer->random, 4)], writer->file);
        else
                fputs(PICK(writer, words), writer->file);
}

static void write_answer(const Writer *writer)
{
        static const int likely[] = { PAM_SUCCESS,     PAM_SUCCESS,      PAM_IGNORE,
                                      PAM_PERM_DENIED, PAM_USER_UNKNOWN, PAM_NEW_AUTHTOK_REQD };
        int code = random_chance(writer->random, 85)
                           ? PICK(writer, likely)
                           : random_below(writer->random, _PAM_RETURN_VALUES + 3) - 1;
        fprintf(writer->file, "%d", code == PAM_INCOMPLETE ? PAM_SUCCESS : code);
}

static void write_type(const Writer *writer)
{
        static const char *const types[] = { "auth",     "password", "Account", "SESSION",
                                             "-account", "-session", "sessio" };
        if (random_chance(writer->random, 80))
                fputs(random_chance(writer->random, 50) ? "account" : "session", writer->file);
        else
                fputs(PICK(writer, types), writer->file);
}

static void write_module(const Writer *writer)
{
        write_type(writer);
        if (random_chance(writer->random, 2))
                return;
        write_space(writer);
        write_control(writer);
        if (random_chance(writer->random, 2))
                return;
        write_space(writer);
        fputs(random_chance(writer->random, 96) ? writer->module : "/nowhere/pam_missing.so",
              writer->file);
        write_space(writer);
        write_answer(writer);
}

/* An include of a later file, or of one that is not there. */
static void write_include(const Writer *writer)
{
        const char *control = random_chance(writer->random, 60) ? "substack" : "include";
        int file = writer->next + random_below(writer->random, FILE_COUNT - writer->next + 1);
        if (random_chance(writer->random, 25) && file < FILE_COUNT) {
                fprintf(writer->file, "@include %s/part%d", writer->folder, file);
                return;
        }
        write_type(writer);
        if (file == FILE_COUNT && random_chance(writer->random, 70))
                file = FILE_COUNT - 1;
        fprintf(writer->file, " %s %s/part%d", control, writer->folder, file);
}

static void write_file(Writer *writer, const char *name, int next)
{
        static const char *const noise[] = { "\n", "# a comment\n", "   # another\n", "\t\n" };
        char path[PATH_SIZE];
        snprintf(path, sizeof(path), "%s/%s", writer->folder, name);
        unlink(path); /* a new file is not flushed to the disk when it is closed */
        writer->file = fopen(path, "we");
        assert_non_null(writer->file);
        writer->next = next;
        int lines = random_below(writer->random, LINES_MAX + 1);
        for (int i = 0; i < lines; i++) {
                if (random_chance(writer->random, 10))
                        fputs(PICK(writer, noise), writer->file);
                if (next < FILE_COUNT && random_chance(writer->random, 25))
                        write_include(writer);
                else
                        write_module(writer);
                fputs(random_chance(writer->random, 10) ? " # why\n" : "\n", writer->file);
        }
        /* Not in files that are included: what Debian's libpam does with an @include that fails
         * below another include depends on memory that it did not set. */
        if (strncmp(name, "part", 4) != 0 && random_chance(writer->random, 1))
                fputs("account required \\\n", writer->file);
        assert_int_equal(fclose(writer->file), 0);
}

void random_service_write(Random *random, const char *folder, const char *module)
{
        Writer writer = { .random = random, .folder = folder, .module = module };
        char name[16];
        write_file(&writer, RANDOM_SERVICE, 0);
        write_file(&writer, "other", random_below(random, FILE_COUNT));
        for (int i = 0; i < FILE_COUNT; i++) {
                snprintf(name, sizeof(name), "part%d", i);
                write_file(&writer, name, i + 1);
        }
}
