/* SPDX-License-Identifier: MIT */
/* Tests of image.c, image_find.c and image_text.c: sound images, and bytes that lie. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "image_visit.h"
#include "model_fixture.h"
#include "policy/build.h"
#include "util/file.h"

/* The bytes of the fixture's policy. */
typedef struct Bytes {
        char *data; /* owned, of exactly `size` bytes, so that a sanitizer sees the end */
        size_t size;
} Bytes;

static Bytes bytes_copy(const void *data, size_t size)
{
        Bytes bytes = { malloc(size ? size : 1), size };
        assert_non_null(bytes.data);
        memcpy(bytes.data, data, size);
        return bytes;
}

static int setup(void **state)
{
        Diagnostics *diagnostics;
        Model *model = fixture_model_in_time(&diagnostics);
        Image *image;
        assert_int_equal(model_compile(model, 1000, &image), 0);
        Bytes *bytes = malloc(sizeof(*bytes));
        size_t size;
        const void *data = image_data(image, &size);
        *bytes = bytes_copy(data, size);
        *state = bytes;
        image_free(image);
        model_free(model);
        diagnostics_free(diagnostics);
        return 0;
}

static int teardown(void **state)
{
        Bytes *bytes = *state;
        free(bytes->data);
        free(bytes);
        return 0;
}

static Bytes copy_of(void **state)
{
        const Bytes *bytes = *state;
        return bytes_copy(bytes->data, bytes->size);
}

static ImageHeader *header_of(Bytes bytes)
{
        return (ImageHeader *)(void *)bytes.data;
}

/* Makes the checksum right again after a change. */
static void seal(Bytes bytes)
{
        header_of(bytes)->checksum = image_checksum(bytes.data, bytes.size);
}

/* Opens the bytes, expects a problem and frees them. */
static void expect_problem(Bytes bytes, int problem)
{
        Image *image;
        assert_int_equal(image_open(bytes.data, bytes.size, &image), problem);
        free(bytes.data);
}

static void a_sound_image_opens(void **state)
{
        Bytes bytes = copy_of(state);
        Image *image;
        assert_int_equal(image_open(bytes.data, bytes.size, &image), 0);
        assert_int_equal(image_header(image)->compiled_at_s, 1000);
        assert_ptr_equal(image_header(image), bytes.data);
        char revision[IMAGE_REVISION_SIZE];
        assert_int_equal(strlen(image_revision(image, revision)), 16);
        assert_int_not_equal(image_visit(image), 0);
        image_free(image);
        assert_int_equal(image_take(bytes.data, bytes.size, &image), 0);
        assert_null(image_free(image));
        assert_null(image_free(NULL));
}

static void resources_and_places_are_written_in_full(void **state)
{
        Bytes bytes = copy_of(state);
        Image *image;
        char buffer[256];
        assert_int_equal(image_take(bytes.data, bytes.size, &image), 0);
        static const struct {
                ResourceType type;
                uint32_t index;
                const char *text;
        } EXPECTED[] = {
                { RESOURCE_ORGANIZATION, 0, "organization:acme" },
                { RESOURCE_SITE, 1, "site:acme/HQ/Tower" },
                { RESOURCE_DOOR, 1, "door:acme/HQ/Tower/D2" },
                { RESOURCE_HOST, 0, "host:acme/HQ/gw-1" },
                { RESOURCE_USER, 0, "user:acme/alice" },
                { RESOURCE_GROUP, 1, "group:acme/guards" },
                { RESOURCE_ACCESS_GROUP, 0, "access-group:acme/staff" },
                { RESOURCE_SCHEDULE, 0, "schedule:acme/nights" },
                { RESOURCE_FLOORPLAN, 3, "floorplan:acme/F1" },
                { RESOURCE_DOOR_EXCEPTION, 0, "door-exception:acme/closed" },
                { RESOURCE_ACCESS_EXCEPTION, 1, "access-exception:acme/inventory" },
                { RESOURCE_LOCKDOWN, 0, "lockdown:acme/fire" },
        };
        for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
                Text text = image_resource(image, EXPECTED[i].type, EXPECTED[i].index, buffer,
                                           sizeof(buffer));
                assert_int_equal(text.size, strlen(EXPECTED[i].text));
                assert_string_equal(buffer, EXPECTED[i].text);
        }
        assert_int_equal(image_resource(image, RESOURCE_DOOR, 3, buffer, sizeof(buffer)).size, 0);
        assert_int_equal(image_resource(image, RESOURCE_DOOR, 0, buffer, 8).size, 0);
        assert_int_equal(image_resource(image, RESOURCE_CAMERA, 0, buffer, sizeof(buffer)).size, 0);
        ImagePlace place = { 1, 50 };
        assert_string_equal(image_place(image, place, buffer, sizeof(buffer)),
                            "organizations.d/acme.conf:50");
        place.file = IMAGE_NONE;
        assert_string_equal(image_place(image, place, buffer, sizeof(buffer)), "-");
        image_free(image);
}

static void a_truncated_image_is_refused_at_every_length(void **state)
{
        const Bytes *whole = *state;
        for (size_t size = 0; size < whole->size; size++)
                expect_problem(bytes_copy(whole->data, size),
                               size < sizeof(ImageHeader) ? IMAGE_TOO_SMALL : IMAGE_WRONG_SIZE);
}

static void a_longer_file_is_refused(void **state)
{
        const Bytes *whole = *state;
        Bytes bytes = { calloc(1, whole->size + 8), whole->size + 8 };
        memcpy(bytes.data, whole->data, whole->size);
        expect_problem(bytes, IMAGE_WRONG_SIZE);
}

static void a_flipped_bit_is_noticed_wherever_it_is(void **state)
{
        const Bytes *whole = *state;
        Bytes bytes = copy_of(state);
        for (size_t i = 0; i < whole->size; i++) {
                Image *image;
                bytes.data[i] ^= (char)(1 << i % 8);
                assert_in_range(image_open(bytes.data, bytes.size, &image), IMAGE_WRONG_MAGIC,
                                IMAGE_WRONG_CHECKSUM);
                bytes.data[i] = whole->data[i];
        }
        free(bytes.data);
}

static void another_kind_or_version_is_refused(void **state)
{
        Bytes bytes = copy_of(state);
        header_of(bytes)->magic[0] = 'D';
        expect_problem(bytes, IMAGE_WRONG_MAGIC);
        bytes = copy_of(state);
        header_of(bytes)->version++;
        expect_problem(bytes, IMAGE_WRONG_VERSION);
        bytes = copy_of(state);
        header_of(bytes)->header_size += 8;
        expect_problem(bytes, IMAGE_WRONG_VERSION);
}

static void misaligned_bytes_are_refused(void **state)
{
        const Bytes *whole = *state;
        char *data = malloc(whole->size + 1);
        memcpy(data + 1, whole->data, whole->size);
        Image *image;
        assert_int_equal(image_open(data + 1, whole->size, &image), -EINVAL);
        free(data);
}

/* Changes one section's entry in the header and expects the image to be refused. */
static void expect_section_refused(void **state, unsigned section, uint64_t offset, uint64_t size)
{
        Bytes bytes = copy_of(state);
        header_of(bytes)->sections[section] = (ImageSection){ offset, size };
        seal(bytes);
        expect_problem(bytes, IMAGE_WRONG_SECTION);
}

static void sections_outside_the_file_are_refused(void **state)
{
        uint64_t size = ((const Bytes *)*state)->size;
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++) {
                expect_section_refused(state, i, size + 8, 0);
                expect_section_refused(state, i, UINT64_MAX - 7, 16);
                expect_section_refused(state, i, sizeof(ImageHeader), size);
                expect_section_refused(state, i, sizeof(ImageHeader), UINT64_MAX);
                expect_section_refused(state, i, 0, 0);
                expect_section_refused(state, i, sizeof(ImageHeader) + 4, 0);
        }
}

static void sections_of_broken_records_are_refused(void **state)
{
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++)
                if (image_record_size(i) > 1)
                        expect_section_refused(state, i, sizeof(ImageHeader),
                                               image_record_size(i) + 1);
        expect_section_refused(state, IMAGE_NAME_SLOTS, sizeof(ImageHeader), 3 * sizeof(ImageSlot));
        expect_section_refused(state, IMAGE_ROLE_SLOTS, sizeof(ImageHeader), 6 * sizeof(ImageSlot));
}

/* With a right checksum every content opens; reading it must stay inside. Sanitizers watch. */
static void an_image_that_lies_is_read_without_harm(void **state)
{
        const Bytes *whole = *state;
        static const uint32_t LIES[] = { 0, 1, 0x7fffffff, 0xfffffff0, UINT32_MAX };
        for (size_t at = sizeof(ImageHeader); at + 4 <= whole->size; at += 4) {
                Bytes bytes = copy_of(state);
                Image *image;
                memcpy(bytes.data + at, &LIES[at / 4 % 5], sizeof(uint32_t));
                seal(bytes);
                assert_int_equal(image_open(bytes.data, bytes.size, &image), 0);
                image_visit(image);
                image_free(image);
                free(bytes.data);
        }
}

static void every_word_a_lie_is_read_without_harm(void **state)
{
        static const int FILLS[] = { 0x00, 0x01, 0x7f, 0xff };
        for (size_t i = 0; i < sizeof(FILLS) / sizeof(FILLS[0]); i++) {
                Bytes bytes = copy_of(state);
                Image *image;
                memset(bytes.data + sizeof(ImageHeader), FILLS[i],
                       bytes.size - sizeof(ImageHeader));
                seal(bytes);
                assert_int_equal(image_open(bytes.data, bytes.size, &image), 0);
                image_visit(image);
                Text name = TEXT_LITERAL("alice");
                assert_int_equal(image_find_user(image, 0, name), IMAGE_NONE);
                assert_int_equal(image_find_role(image, IMAGE_NONE, name), IMAGE_NONE);
                image_free(image);
                free(bytes.data);
        }
}

static void an_image_without_any_section_is_empty(void **state)
{
        Bytes bytes = { calloc(1, sizeof(ImageHeader)), sizeof(ImageHeader) };
        ImageHeader *header = header_of(bytes);
        memcpy(header, ((const Bytes *)*state)->data, sizeof(*header));
        header->size = sizeof(*header);
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++)
                header->sections[i] = (ImageSection){ sizeof(*header), 0 };
        seal(bytes);
        Image *image;
        assert_int_equal(image_take(bytes.data, bytes.size, &image), 0);
        image_visit(image);
        assert_null(image_user(image, 0));
        assert_int_equal(image_find_organization(image, TEXT_LITERAL("acme")), IMAGE_NONE);
        assert_int_equal(image_find(image, RESOURCE_ORGANIZATION, 0, TEXT_NULL), IMAGE_NONE);
        image_free(image);
}

/* Writes the image into a file without a name. Return: its descriptor. */
static int file_of(void **state)
{
        const Bytes *bytes = *state;
        int fd = memfd_create("image", MFD_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(fchmod(fd, 0644), 0);
        assert_int_equal(file_write_all(fd, bytes->data, bytes->size), 0);
        return fd;
}

static void a_file_is_mapped(void **state)
{
        int fd = file_of(state);
        Image *image;
        assert_int_equal(image_map(fd, &image), 0);
        close(fd);
        assert_int_equal(image_find_organization(image, TEXT_LITERAL("acme")), 0);
        image_free(image);
}

static void a_file_that_others_may_write_or_that_is_none_is_refused(void **state)
{
        int fd = file_of(state);
        Image *image;
        assert_int_equal(fchmod(fd, 0664), 0);
        assert_int_equal(image_map(fd, &image), IMAGE_FILE_PROBLEM + FILE_WRITABLE);
        assert_string_equal(image_problem_text(IMAGE_FILE_PROBLEM + FILE_WRITABLE),
                            file_problem_text(FILE_WRITABLE));
        assert_int_equal(fchmod(fd, 0600), 0);
        assert_int_equal(ftruncate(fd, 100), 0);
        assert_int_equal(image_map(fd, &image), IMAGE_TOO_SMALL);
        assert_int_equal(ftruncate(fd, sizeof(ImageHeader)), 0);
        assert_int_equal(image_map(fd, &image), IMAGE_WRONG_SIZE);
        close(fd);
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(image_map(ends[0], &image), IMAGE_FILE_PROBLEM + FILE_NOT_REGULAR);
        close(ends[0]);
        close(ends[1]);
        assert_int_equal(image_map(-1, &image), -EBADF);
}

static void problems_have_texts(void **state)
{
        for (int problem = 0; problem <= IMAGE_WRONG_SECTION; problem++)
                assert_string_not_equal(image_problem_text(problem), "has an unknown problem");
        assert_string_equal(image_problem_text(IMAGE_WRONG_SECTION + 1), "has an unknown problem");
        assert_string_equal(image_problem_text(-1), "has an unknown problem");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_sound_image_opens),
                cmocka_unit_test(resources_and_places_are_written_in_full),
                cmocka_unit_test(a_truncated_image_is_refused_at_every_length),
                cmocka_unit_test(a_longer_file_is_refused),
                cmocka_unit_test(a_flipped_bit_is_noticed_wherever_it_is),
                cmocka_unit_test(another_kind_or_version_is_refused),
                cmocka_unit_test(misaligned_bytes_are_refused),
                cmocka_unit_test(sections_outside_the_file_are_refused),
                cmocka_unit_test(sections_of_broken_records_are_refused),
                cmocka_unit_test(an_image_that_lies_is_read_without_harm),
                cmocka_unit_test(every_word_a_lie_is_read_without_harm),
                cmocka_unit_test(an_image_without_any_section_is_empty),
                cmocka_unit_test(a_file_is_mapped),
                cmocka_unit_test(a_file_that_others_may_write_or_that_is_none_is_refused),
                cmocka_unit_test(problems_have_texts),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
