/* SPDX-License-Identifier: MIT */
/*
 * Tests of pam_doorward.so as an object: what it exports, that it can be loaded and unloaded any
 * number of times, and the phases in which it has nothing to say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include <security/pam_modules.h>

#include "host.h"

enum { ROUNDS = 1000 };

typedef int Phase(pam_handle_t *handle, int flags, int argc, const char **argv);

static const char *const PHASES[] = { "pam_sm_authenticate",  "pam_sm_setcred",
                                      "pam_sm_acct_mgmt",     "pam_sm_open_session",
                                      "pam_sm_close_session", "pam_sm_chauthtok" };

static Phase *phase_of(void *module, const char *name)
{
        Phase *phase;
        void *symbol = dlsym(module, name);
        assert_non_null(symbol);
        memcpy(&phase, &symbol, sizeof(phase));
        return phase;
}

static unsigned count_mappings(void)
{
        unsigned lines = 0;
        char line[512];
        FILE *file = fopen("/proc/self/maps", "re");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file))
                lines += strstr(line, "pam_doorward") != NULL;
        fclose(file);
        return lines;
}

static void loading_and_unloading_leaves_nothing(void **state)
{
        for (int i = 0; i < ROUNDS; i++) {
                void *module = dlopen(PAM_DOORWARD, RTLD_NOW | RTLD_LOCAL);
                if (!module)
                        fail_msg("%s", dlerror());
                assert_int_equal(phase_of(module, PHASES[0])(NULL, 0, 0, NULL), PAM_IGNORE);
                assert_int_equal(dlclose(module), 0);
        }
        assert_int_equal(count_mappings(), 0);
}

static void phases_that_decide_nothing_are_ignored(void **state)
{
        static const char *const SILENT[] = { "pam_sm_authenticate", "pam_sm_setcred",
                                              "pam_sm_chauthtok" };
        const char *bad[] = { "no", "such=argument" };
        void *module = dlopen(PAM_DOORWARD, RTLD_NOW | RTLD_LOCAL);
        assert_non_null(module);
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(phase_of(module, SILENT[i])(NULL, 0, 0, NULL), PAM_IGNORE);
                assert_int_equal(phase_of(module, SILENT[i])(NULL, 0, 2, bad), PAM_IGNORE);
        }
        dlclose(module);
}

/* The dynamic section of an object that is loaded. */
static const ElfW(Dyn) * dynamic_of(void *module)
{
        struct link_map *map;
        assert_int_equal(dlinfo(module, RTLD_DI_LINKMAP, &map), 0);
        return map->l_ld;
}

static ElfW(Addr) dynamic_value(const ElfW(Dyn) * dynamic, ElfW(Sxword) tag)
{
        for (; dynamic->d_tag != DT_NULL; dynamic++)
                if (dynamic->d_tag == tag)
                        return dynamic->d_un.d_val;
        return 0;
}

static void six_functions_are_exported_and_nothing_else(void **state)
{
        void *module = dlopen(PAM_DOORWARD, RTLD_NOW | RTLD_LOCAL);
        assert_non_null(module);
        const ElfW(Dyn) *dynamic = dynamic_of(module);
        const char *names = (const char *)dynamic_value(dynamic, DT_STRTAB);
        const ElfW(Sym) *symbols = (const ElfW(Sym) *)dynamic_value(dynamic, DT_SYMTAB);
        unsigned exported = 0;
        /* The string table follows the symbols in every object that ld makes. */
        for (const ElfW(Sym) *symbol = symbols; (const char *)symbol < names; symbol++) {
                if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
                        continue;
                bool known = false;
                for (size_t i = 0; i < 6; i++)
                        known = known || strcmp(PHASES[i], names + symbol->st_name) == 0;
                if (!known)
                        fail_msg("%s is exported", names + symbol->st_name);
                exported++;
        }
        assert_int_equal(exported, 6);
        assert_true(dynamic_value(dynamic, DT_FLAGS) & DF_BIND_NOW);
        dlclose(module);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(loading_and_unloading_leaves_nothing),
                cmocka_unit_test(phases_that_decide_nothing_are_ignored),
                cmocka_unit_test(six_functions_are_exported_and_nothing_else),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
