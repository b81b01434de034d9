/* SPDX-License-Identifier: MIT */
/* Tests of routes.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/routes.h"

static void a_path_has_its_methods_only(void **state)
{
        const char *allowed;
        const HttpRoute *route = http_route_find("POST", "/doorward/v1/messages", &allowed);
        assert_non_null(route);
        assert_string_equal(route->content_type, "application/octet-stream");
        assert_null(allowed);
        assert_null(http_route_find("GET", "/doorward/v1/messages", &allowed));
        assert_string_equal(allowed, "POST");
        assert_null(http_route_find("post", "/doorward/v1/messages", &allowed));
        assert_non_null(http_route_find("POST", "/access/v1/evaluation", &allowed));
        assert_non_null(http_route_find("GET", "/.well-known/authzen-configuration", &allowed));
        assert_null(http_route_find("HEAD", "/.well-known/authzen-configuration", &allowed));
        assert_string_equal(allowed, "GET");
}

static void other_writings_of_a_path_are_other_paths(void **state)
{
        static const char *const OTHERS[] = { "",
                                              "/",
                                              "*",
                                              "/doorward/v1/messages/",
                                              "//doorward/v1/messages",
                                              "/doorward/v1/../v1/messages",
                                              "/doorward/v1/Messages",
                                              "/doorward/v1/messages%00",
                                              "/doorward%2fv1/messages" };
        for (size_t i = 0; i < sizeof(OTHERS) / sizeof(*OTHERS); i++) {
                const char *allowed;
                assert_null(http_route_find("POST", OTHERS[i], &allowed));
                assert_null(allowed);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_path_has_its_methods_only),
                cmocka_unit_test(other_writings_of_a_path_are_other_paths),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
