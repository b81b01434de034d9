/* SPDX-License-Identifier: MIT */
/* Tests of compile_callers.c and image_callers.c: what is compiled is found, and nothing else. */
#include "check_fixture.h"
#include "policy/image_inline.h"

#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define ONES  "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS  "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define EFFS  "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static Image *image;

static int setup(void **state)
{
        LoadFixture fixture;
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_SITES
                "users = ( { name = \"zoe\"; cards = [ \"7\", \"30\" ]; },\n"
                "  { name = \"bob\"; }, { name = \"ann\"; cards = [ \"8165538\" ]; } );\n"
                "callers = ( { name = \"u\"; uid = 500; may = [ \"ask\" ]; },\n"
                "  { name = \"t\"; certificate = \"" TWOS "\"; may = [ \"report\" ];\n"
                "    title = \"Two\"; sites = [ \"HQ/Tower\", \"Branch\" ]; },\n"
                "  { name = \"o\"; certificate = \"" ONES "\"; uid = 501;\n"
                "    may = [ \"unlock\", \"vouch\" ]; } );\n",
                .other = "organization = { name = \"beta\"; };\n"
                         "users = ( { name = \"abe\"; cards = [ \"7\", "
                         "\"18446744073709551615\" ]; } );\n"
                         "callers = ( { name = \"b\"; certificate = \"" TWOS "\"; uid = 500;\n"
                         "  may = [ \"events\" ]; } );\n",
                .settings = "break_glass = [ \"b\" ]; fronts = ( { name = \"f\"; uid = 900; } );",
        };
        check_run(&fixture, &policy);
        load_fixture_expect(&fixture, "");
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        load_fixture_done(&fixture);
        return 0;
}

static int teardown(void **state)
{
        image = image_free(image);
        return 0;
}

static void expect_card(uint32_t organization, uint64_t number, const char *name)
{
        const ImageUser *user = image_user(image, image_find_card(image, organization, number));
        if (!name) {
                assert_null(user);
                return;
        }
        assert_non_null(user);
        assert_true(text_is(image_string(image, user->name), name));
        assert_int_equal(user->organization, organization);
}

static void a_card_leads_to_its_person_in_its_organization(void **state)
{
        expect_card(0, 7, "zoe");
        expect_card(0, 30, "zoe");
        expect_card(0, 8165538, "ann");
        expect_card(1, 7, "abe");
        expect_card(1, UINT64_MAX, "abe");
        static const uint64_t UNKNOWN[] = { 0, 1, 6, 8, 29, 31, 8165537, 8165539, UINT64_MAX };
        for (size_t i = 0; i < sizeof(UNKNOWN) / sizeof(*UNKNOWN); i++)
                expect_card(0, UNKNOWN[i], NULL);
        expect_card(1, 30, NULL);
        expect_card(1, 8165538, NULL);
        expect_card(2, 7, NULL);
        expect_card(IMAGE_NONE, 7, NULL);
}

static void expect_caller(const ImageCaller *caller, const char *name)
{
        if (!name) {
                assert_null(caller);
                return;
        }
        assert_non_null(caller);
        assert_true(text_is(image_string(image, caller->name), name));
}

static const ImageCaller *of_certificate(const char *text, uint32_t organization)
{
        Fingerprint certificate;
        assert_true(fingerprint_parse(text_from(text), &certificate));
        return image_caller_of_certificate(image, &certificate, organization);
}

static void a_certificate_leads_to_its_caller_in_each_organization(void **state)
{
        expect_caller(of_certificate(ONES, 0), "o");
        expect_caller(of_certificate(ONES, 1), NULL);
        expect_caller(of_certificate(ONES, IMAGE_NONE), "o");
        expect_caller(of_certificate(TWOS, 0), "t");
        expect_caller(of_certificate(TWOS, 1), "b");
        expect_caller(of_certificate(TWOS, IMAGE_NONE), "t");
        expect_caller(of_certificate(TWOS, 2), NULL);
        /* What a caller without certificate has there is nobody's. */
        expect_caller(of_certificate(ZEROS, IMAGE_NONE), NULL);
        expect_caller(of_certificate(EFFS, IMAGE_NONE), NULL);
}

static void a_uid_leads_to_its_caller_in_each_organization(void **state)
{
        expect_caller(image_caller_of_uid(image, 500, 0), "u");
        expect_caller(image_caller_of_uid(image, 500, 1), "b");
        expect_caller(image_caller_of_uid(image, 500, IMAGE_NONE), "u");
        expect_caller(image_caller_of_uid(image, 501, 0), "o");
        expect_caller(image_caller_of_uid(image, 501, 1), NULL);
        expect_caller(image_caller_of_uid(image, 900, IMAGE_NONE), NULL);
        /* That a caller has no uid is no uid. */
        expect_caller(image_caller_of_uid(image, IMAGE_NONE, IMAGE_NONE), NULL);
}

static void a_caller_holds_what_its_entry_says(void **state)
{
        const ImageCaller *caller = of_certificate(TWOS, 0);
        uint32_t count;
        assert_true(text_is(image_string(image, caller->title), "Two"));
        assert_int_equal(caller->uid, IMAGE_NONE);
        assert_int_equal(caller->may, CALLER_MAY_REPORT);
        const uint32_t *sites = image_numbers(image, caller->sites, &count);
        assert_int_equal(count, 2);
        for (uint32_t i = 0; i < count; i++) {
                Text path = image_string(image, image_site(image, sites[i])->path);
                assert_true(text_is(path, "HQ/Tower") || text_is(path, "Branch"));
        }
        caller = of_certificate(ONES, 0);
        assert_int_equal(caller->sites.count, 0);
        assert_int_equal(caller->may, CALLER_MAY_UNLOCK | CALLER_MAY_VOUCH);
}

/* A record of the image, to lie in. */
#define RECORD(section, type, index) ((type *)(uintptr_t)image->sections[section].records + (index))

static void a_damaged_index_finds_nobody_rather_than_somebody_else(void **state)
{
        uint32_t *first = RECORD(IMAGE_CERTIFICATES, uint32_t, 0), was = *first;
        *first = 0; /* u, who has none */
        expect_caller(of_certificate(ONES, IMAGE_NONE), NULL);
        expect_caller(of_certificate(ZEROS, IMAGE_NONE), NULL);
        *first = 12345;
        expect_caller(of_certificate(ONES, IMAGE_NONE), NULL);
        *first = was;
        ImageCard *card = RECORD(IMAGE_CARDS, ImageCard, 0);
        uint32_t user = card->user;
        card->user = image_find_user(image, 1, TEXT_LITERAL("abe"));
        expect_card(0, 7, NULL);
        card->user = 12345;
        expect_card(0, 7, NULL);
        card->user = user;
        expect_card(0, 7, "zoe");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_card_leads_to_its_person_in_its_organization),
                cmocka_unit_test(a_certificate_leads_to_its_caller_in_each_organization),
                cmocka_unit_test(a_uid_leads_to_its_caller_in_each_organization),
                cmocka_unit_test(a_caller_holds_what_its_entry_says),
                cmocka_unit_test(a_damaged_index_finds_nobody_rather_than_somebody_else),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
