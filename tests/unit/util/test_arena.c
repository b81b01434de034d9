/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/arena.h: pieces are zeroed, aligned, apart from each other and stay until the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>

#include "util/arena.h"

static void assert_usable(unsigned char *piece, size_t size, unsigned char fill)
{
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
                assert_int_equal(piece[i], 0);
        memset(piece, fill, size);
}

static void assert_filled(const unsigned char *piece, size_t size, unsigned char fill)
{
        for (size_t i = 0; i < size; i++)
                assert_int_equal(piece[i], fill);
}

/* The sizes run over chunk ends, the limit above which a piece stands apart, and 0. */
static void pieces_are_zeroed_aligned_and_apart(void **state)
{
        static const size_t SIZES[] = { 1, 7, 16, 17, 0, 1000, 16384, 16400, 65536, 3, 300000, 15 };
        enum { KINDS = sizeof(SIZES) / sizeof(SIZES[0]), PIECES = 50 * KINDS };
        _cleanup_(arena_freep) Arena *arena = arena_new();
        unsigned char *pieces[PIECES];

        assert_non_null(arena);
        for (int i = 0; i < PIECES; i++) {
                pieces[i] = arena_allocate(arena, SIZES[i % KINDS]);
                assert_usable(pieces[i], SIZES[i % KINDS], (unsigned char)(i % 255 + 1));
        }
        for (int i = 0; i < PIECES; i++)
                assert_filled(pieces[i], SIZES[i % KINDS], (unsigned char)(i % 255 + 1));
}

static void pieces_without_bytes_have_their_own_address(void **state)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();

        void *first = arena_allocate(arena, 0);
        void *second = arena_allocate(arena, 0);
        assert_non_null(first);
        assert_non_null(second);
        assert_ptr_not_equal(first, second);
}

static void a_big_piece_leaves_the_current_chunk_in_use(void **state)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();

        char *before = arena_allocate(arena, 16);
        assert_non_null(arena_allocate(arena, 1 << 20));
        char *after = arena_allocate(arena, 16);
        assert_ptr_equal(after, before + 16);
}

static void a_size_that_cannot_exist_is_refused(void **state)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();
        Text endless = { "x", SIZE_MAX };

        assert_null(arena_allocate(arena, SIZE_MAX));
        assert_null(arena_allocate(arena, SIZE_MAX - 15));
        assert_null(arena_allocate(arena, PTRDIFF_MAX));
        assert_null(arena_copy(arena, endless));
        assert_usable(arena_allocate(arena, 8), 8, 1);
}

static void a_copy_is_closed_by_a_nul_and_independent(void **state)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();
        char original[] = { 'd', 0, 'r', '!' };

        char *copy = arena_copy(arena, (Text){ original, 3 });
        memset(original, 'z', sizeof(original));
        assert_memory_equal(copy, "d\0r", 4);
        assert_string_equal(arena_copy(arena, TEXT_NULL), "");
}

static void nothing_can_be_freed(void **state)
{
        assert_null(arena_free(NULL));
        assert_null(arena_free(arena_new()));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
                cmocka_unit_test(pieces_without_bytes_have_their_own_address),
                cmocka_unit_test(a_big_piece_leaves_the_current_chunk_in_use),
                cmocka_unit_test(a_size_that_cannot_exist_is_refused),
                cmocka_unit_test(a_copy_is_closed_by_a_nul_and_independent),
                cmocka_unit_test(nothing_can_be_freed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
