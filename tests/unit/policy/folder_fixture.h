/* SPDX-License-Identifier: MIT */
/* What tests of files share: a folder of its own for every test, with a good policy in p, a good
 * catalogue in r, and managed assignments in s/assignments. */
#pragma once

#include "load_fixture.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/build.h"

#define FOLDER_CATALOGUE                                                                           \
        "permissions = ( { name = \"site.view\"; scope = \"organization | site\"; } );\n"          \
        "roles = ( { name = \"r\"; level = \"site\"; permissions = ( { name = \"site.view\"; } "   \
        "); "                                                                                      \
        "} );\n"
#define FOLDER_ACME                                                                                \
        "organization = { name = \"acme\"; };\nsites = ( { name = \"HQ\"; } );\n"                  \
        "users = ( { name = \"bob\"; }, { name = \"olga\"; } );\n"
#define FOLDER_BETA                                                                                \
        "organization = { name = \"beta\"; };\nsites = ( { name = \"HQ\"; } );\n"                  \
        "users = ( { name = \"bob\"; } );\n"

static inline void folder_put(const char *path, const char *text)
{
        FILE *stream = fopen(path, "we");
        assert_non_null(stream);
        assert_true(fputs(text, stream) >= 0);
        assert_int_equal(fclose(stream), 0);
}

static int folder_make(void **state)
{
        static const char *const FOLDERS[] = { "p", "p/organizations.d", "r", "s",
                                               "s/assignments" };
        char pattern[] = "/tmp/doorward-test-folder-XXXXXX";
        umask(022);
        *state = mkdtemp(pattern) ? strdup(pattern) : NULL;
        if (!*state || chmod(*state, 0755) < 0 || chdir(*state) < 0)
                return -1;
        for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++)
                if (mkdir(FOLDERS[i], 0755) < 0)
                        return -1;
        folder_put("p/organizations.d/acme.conf", FOLDER_ACME);
        folder_put("p/organizations.d/beta.conf", FOLDER_BETA);
        folder_put("r/roles.conf", FOLDER_CATALOGUE);
        return 0;
}

static int folder_remove(void **state)
{
        char command[PATH_MAX];
        snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
        int result = chdir("/") | system(command);
        free(*state);
        return result;
}
