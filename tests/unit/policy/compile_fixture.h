/* SPDX-License-Identifier: MIT */
/* What tests of the compiler share: the text of an organization, or two, as an image. */
#pragma once

#include "check_fixture.h"
#include "policy/image_inline.h"

/* Compiles an organization, of whose first calendar the days are these (NULL: none); everything in
 * it must be sound. Return: the image, owned by the caller. */
static inline Image *compile_text(const char *organization, ModelDays *days, int32_t known_until)
{
        LoadFixture fixture;
        Image *image = NULL;
        load_fixture_init(&fixture);
        check_load(&fixture, SOURCE_CATALOGUE, "roles.conf", NULL, CHECK_CATALOGUE);
        check_load(&fixture, SOURCE_ORGANIZATION, "acme.conf", "acme", organization);
        if (days) {
                ModelCalendar *calendar = fixture.model->organizations.items->calendars.items;
                calendar->days = *days;
                calendar->known_until = known_until;
        }
        model_check(fixture.model, CHECK_NOW);
        load_fixture_expect(&fixture, "");
        model_resolve_unix_groups(fixture.model);
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        load_fixture_done(&fixture);
        return image;
}

/* Something of the first organization, which must be there. Return: its index. */
static inline uint32_t compiled_find(const Image *image, ResourceType type, const char *path)
{
        uint32_t index = image_find(image, type, 0, text_from(path));
        assert_int_not_equal(index, IMAGE_NONE);
        return index;
}

static inline void compiled_expect_text(const Image *image, uint32_t string, const char *expected)
{
        Text text = image_string(image, string);
        assert_int_equal(text.size, strlen(expected));
        assert_memory_equal(text.data, expected, text.size);
}

/* Compares a list of numbers. */
static inline void compiled_expect_numbers(const Image *image, ImageRange range,
                                           const uint32_t *expected, uint32_t count)
{
        uint32_t found = 0;
        const uint32_t *numbers = image_inline_numbers(image, range, &found);
        assert_int_equal(found, count);
        for (uint32_t i = 0; i < count; i++)
                assert_int_equal(numbers[i], expected[i]);
}

#define COMPILED_EXPECT_NUMBERS(image, range, ...)                                                 \
        do {                                                                                       \
                const uint32_t expected_numbers[] = { __VA_ARGS__ };                               \
                compiled_expect_numbers(image, range, expected_numbers,                            \
                                        sizeof(expected_numbers) / sizeof(uint32_t));              \
        } while (0)
