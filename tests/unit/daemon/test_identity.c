/* SPDX-License-Identifier: MIT */
/* Tests of identity.c, with the policy of the daemon fixture compiled in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/identity.h"
#include "daemon_fixture.h"
#include "policy/build.h"

#define OWN_UID 990

static Image *image;

static int setup(void **state)
{
        DaemonFixture fixture;
        fixture_set_up(&fixture);
        PolicyPaths paths = { .policy = fixture.policy, .roles = getenv("DOORWARD_ROLES") };
        Diagnostics *diagnostics = diagnostics_new();
        int r = policy_build(&paths, 1780000000, diagnostics, NULL, &image);
        if (!image)
                diagnostics_print(diagnostics, stderr);
        diagnostics_free(diagnostics);
        fixture_tear_down(&fixture);
        return r == 0 && image ? 0 : -1;
}

static int teardown(void **state)
{
        image = image_free(image);
        return 0;
}

static void root_and_the_daemon_s_own_uid_are_root(void **state)
{
        Identity root = identity_of(image, 0, OWN_UID), own = identity_of(image, OWN_UID, OWN_UID);
        assert_int_equal(root.kinds, IDENTITY_ROOT);
        assert_true(root.may_attest);
        assert_int_equal(own.kinds, IDENTITY_ROOT);
        assert_false(own.may_attest);
        assert_int_equal(identity_of(NULL, 0, OWN_UID).kinds, IDENTITY_ROOT);
        assert_int_equal(identity_of(image, OWN_UID, 0).kinds, IDENTITY_UNNAMED);
        assert_int_equal(identity_of(image, INT32_MAX, INT32_MAX).kinds, IDENTITY_ROOT);
}

static void special_uids_are_nobody_whatever_the_policy_says(void **state)
{
        static const uint32_t special[] = { UINT32_MAX, 4000000000u, 2147483648u,
                                            61184,      65519,       65534 };
        for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++) {
                assert_int_equal(identity_of(image, special[i], OWN_UID).kinds, IDENTITY_NOBODY);
                assert_int_equal(identity_of(NULL, special[i], OWN_UID).kinds, IDENTITY_NOBODY);
                assert_true(identity_uid_is_special(special[i]));
        }
        assert_int_equal(identity_of(image, UINT32_MAX, UINT32_MAX).kinds, IDENTITY_NOBODY);
        static const uint32_t ordinary[] = { 1, 1000, 61183, 65520, 65533, 65535, 2147483647 };
        for (size_t i = 0; i < sizeof(ordinary) / sizeof(*ordinary); i++)
                assert_false(identity_uid_is_special(ordinary[i]));
}

static void a_stated_uid_is_that_person(void **state)
{
        Identity frank = identity_of(image, FRANK_UID, OWN_UID);
        assert_int_equal(frank.kinds, IDENTITY_PERSON);
        assert_string_equal(frank.name, "frank");
        assert_string_equal(frank.how, "policy-uid");
        assert_int_equal(identity_of(NULL, FRANK_UID, OWN_UID).kinds, IDENTITY_UNNAMED);
}

static void a_listed_caller_is_one(void **state)
{
        assert_int_equal(identity_of(image, BRIDGE_UID, OWN_UID).kinds, IDENTITY_CALLER);
        uint32_t acme = image_find_organization(image, TEXT_LITERAL("acme"));
        Identity bridge = identity_of(image, BRIDGE_UID, OWN_UID);
        Identity frank = identity_of(image, FRANK_UID, OWN_UID);
        assert_non_null(identity_caller(image, &bridge, acme));
        assert_null(identity_caller(image, &bridge, acme + 1));
        assert_null(identity_caller(image, &frank, acme));
        assert_string_equal(bridge.caller, "caller:acme/bridge");
        assert_string_equal(bridge.how, "listed-caller");
        assert_true(text_is(identity_text(&bridge), "caller:acme/bridge"));
}

static void a_front_is_nothing_else(void **state)
{
        Identity front = identity_of(image, FRONT_UID, OWN_UID);
        assert_int_equal(front.kinds, IDENTITY_FRONT);
        assert_false(front.may_attest);
        assert_string_equal(front.how, "front");
        assert_int_equal(identity_text(&front).size, 0);
        assert_int_equal(identity_of(NULL, FRONT_UID, OWN_UID).kinds, IDENTITY_UNNAMED);
        assert_int_equal(identity_of(image, FRONT_UID, FRONT_UID).kinds, IDENTITY_ROOT);
}

static void a_certificate_makes_a_caller_whoever_states_it(void **state)
{
        uint32_t acme = image_find_organization(image, TEXT_LITERAL("acme"));
        static const uint32_t UIDS[] = { 0, FRONT_UID, FRANK_UID, BRIDGE_UID };
        for (size_t i = 0; i < sizeof(UIDS) / sizeof(*UIDS); i++) {
                Identity gateway =
                        identity_of_certificate(image, TEXT_LITERAL(GATEWAY_CERTIFICATE), UIDS[i]);
                assert_int_equal(gateway.kinds, IDENTITY_CALLER);
                assert_false(gateway.may_attest);
                assert_string_equal(gateway.name, "");
                assert_string_equal(gateway.caller, "caller:acme/gw-1");
                assert_string_equal(gateway.how, "certificate");
                const ImageCaller *caller = identity_caller(image, &gateway, acme);
                assert_non_null(caller);
                assert_true(
                        identity_is_own_subject(image, caller, TEXT_LITERAL("caller:acme/gw-1")));
                assert_false(identity_is_own_subject(image, caller, TEXT_LITERAL("gw-1")));
                assert_null(identity_caller(image, &gateway, acme + 1));
                assert_null(identity_caller(image, &gateway, IMAGE_NONE));
        }
}

static void an_unknown_certificate_is_nobody_whoever_states_it(void **state)
{
        static const char *const BAD[] = { UNKNOWN_CERTIFICATE, "", "x", "sha256:" };
        uint32_t acme = image_find_organization(image, TEXT_LITERAL("acme"));
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                Identity root = identity_of_certificate(image, text_from(BAD[i]), 0);
                Identity bridge = identity_of_certificate(image, text_from(BAD[i]), BRIDGE_UID);
                assert_int_equal(root.kinds, IDENTITY_NOBODY);
                assert_int_equal(bridge.kinds, IDENTITY_NOBODY);
                assert_null(identity_caller(image, &root, acme));
                assert_null(identity_caller(image, &bridge, acme));
        }
        assert_int_equal(identity_of_certificate(NULL, TEXT_LITERAL(GATEWAY_CERTIFICATE), 0).kinds,
                         IDENTITY_NOBODY);
}

static bool reaches(uint32_t uid, const char *text)
{
        Resource resource;
        Target target;
        assert_int_equal(resource_parse(text_from(text), &resource, NULL), 0);
        assert_int_equal(policy_find_target(image, &resource, &target), REASON_NONE);
        Identity identity = identity_of(image, uid, OWN_UID);
        const ImageCaller *caller = identity_caller(image, &identity, target.organization);
        return identity_caller_reaches(image, caller, &target);
}

static void a_caller_reaches_its_sites_and_what_is_below(void **state)
{
        assert_true(reaches(BRIDGE_UID, "door:acme/HQ/D1"));
        assert_true(reaches(BRIDGE_UID, "door:acme/HQ/Tower/D3"));
        assert_true(reaches(BRIDGE_UID, "site:acme/HQ"));
        assert_false(reaches(BRIDGE_UID, "door:acme/Branch/D4"));
        assert_false(reaches(BRIDGE_UID, "organization:acme"));
        assert_true(reaches(KIOSK_UID, "door:acme/Branch/D4"));
        assert_true(reaches(KIOSK_UID, "organization:acme"));
}

static unsigned kinds_with_name(uint32_t uid, const char *name)
{
        Identity identity = identity_of(image, uid, OWN_UID);
        assert_int_equal(identity.kinds, IDENTITY_UNNAMED);
        identity_set_name(&identity, image, text_from(name));
        if (identity.kinds == IDENTITY_PERSON)
                assert_string_equal(identity.name, name);
        else
                assert_string_equal(identity.name, "");
        return identity.kinds;
}

static void a_name_of_nss_counts_for_who_is_not_stated(void **state)
{
        assert_int_equal(kinds_with_name(5000, "gina"), IDENTITY_PERSON);
        assert_int_equal(kinds_with_name(5000, "j.doe@example.org"), IDENTITY_PERSON);
}

static void a_name_of_nss_never_takes_somebody_s_place(void **state)
{
        assert_int_equal(kinds_with_name(5000, "frank"), IDENTITY_NOBODY);
        assert_int_equal(kinds_with_name(5000, "root"), IDENTITY_NOBODY);
        assert_int_equal(kinds_with_name(5000, ""), IDENTITY_NOBODY);
        assert_int_equal(kinds_with_name(5000, "a/b"), IDENTITY_NOBODY);
        assert_int_equal(kinds_with_name(5000, ".hidden"), IDENTITY_NOBODY);
        assert_int_equal(kinds_with_name(5000, "two words"), IDENTITY_NOBODY);
        char name[NAME_SIZE_MAX + 2];
        memset(name, 'a', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        assert_int_equal(kinds_with_name(5000, name), IDENTITY_NOBODY);
        name[NAME_SIZE_MAX] = '\0';
        assert_int_equal(kinds_with_name(5000, name), IDENTITY_PERSON);
}

static void a_stated_name_is_good_for_its_own_uid_only(void **state)
{
        assert_true(identity_name_is_usable(image, FRANK_UID, TEXT_LITERAL("frank")));
        assert_false(identity_name_is_usable(image, FRANK_UID + 1, TEXT_LITERAL("frank")));
        assert_true(identity_name_is_usable(image, FRANK_UID + 1, TEXT_LITERAL("fran")));
        assert_true(identity_name_is_usable(NULL, FRANK_UID + 1, TEXT_LITERAL("frank")));
}

static void groups_of_a_peer_ascend_without_repeats(void **state)
{
        int ends[2];
        uint32_t *groups;
        size_t count;
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
        assert_int_equal(identity_peer_groups(ends[0], 4242, &groups, &count), 0);
        assert_true(count >= 1);
        bool primary = false;
        for (size_t i = 0; i < count; i++) {
                primary = primary || groups[i] == 4242;
                if (i > 0)
                        assert_true(groups[i] > groups[i - 1]);
        }
        assert_true(primary);
        free(groups);
        (void)close(ends[0]);
        assert_true(identity_peer_groups(ends[0], 0, &groups, &count) < 0);
        (void)close(ends[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(root_and_the_daemon_s_own_uid_are_root),
                cmocka_unit_test(special_uids_are_nobody_whatever_the_policy_says),
                cmocka_unit_test(a_stated_uid_is_that_person),
                cmocka_unit_test(a_listed_caller_is_one),
                cmocka_unit_test(a_front_is_nothing_else),
                cmocka_unit_test(a_certificate_makes_a_caller_whoever_states_it),
                cmocka_unit_test(an_unknown_certificate_is_nobody_whoever_states_it),
                cmocka_unit_test(a_caller_reaches_its_sites_and_what_is_below),
                cmocka_unit_test(a_name_of_nss_counts_for_who_is_not_stated),
                cmocka_unit_test(a_name_of_nss_never_takes_somebody_s_place),
                cmocka_unit_test(a_stated_name_is_good_for_its_own_uid_only),
                cmocka_unit_test(groups_of_a_peer_ascend_without_repeats),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
