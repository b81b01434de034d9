/* SPDX-License-Identifier: MIT */
/* Tests of site_walk.c: positions of sites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy/site_walk.h"

enum { SITES_MAX = 40 };

/* An organization whose sites have these parents. */
typedef struct Tree {
        ModelSite sites[SITES_MAX];
        ModelOrganization organization;
        SiteWalk walk;
} Tree;

static void tree_make(Tree *tree, const uint32_t *parents, uint32_t count)
{
        memset(tree, 0, sizeof(*tree));
        for (uint32_t i = 0; i < count; i++)
                tree->sites[i].parent = parents[i];
        tree->organization.sites.items = tree->sites;
        tree->organization.sites.count = count;
        assert_int_equal(site_walk_make(&tree->organization, &tree->walk), 0);
}

static void expect_walk(const uint32_t *parents, const uint32_t *positions, const uint32_t *ends,
                        uint32_t count)
{
        Tree tree;
        tree_make(&tree, parents, count);
        assert_int_equal(tree.walk.count, count);
        for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(tree.walk.position[i], positions[i]);
                assert_int_equal(tree.walk.end[i], ends[i]);
                assert_int_equal(tree.walk.site_at[positions[i] - 1], i);
        }
        site_walk_clear(&tree.walk);
        assert_null(tree.walk.position);
}

static void no_site_has_no_position(void **state)
{
        expect_walk(NULL, NULL, NULL, 0);
}

static void sites_at_the_top_follow_each_other(void **state)
{
        static const uint32_t PARENTS[] = { MODEL_NONE, MODEL_NONE, MODEL_NONE };
        static const uint32_t POSITIONS[] = { 1, 2, 3 }, ENDS[] = { 2, 3, 4 };
        expect_walk(PARENTS, POSITIONS, ENDS, 3);
}

static void what_lies_below_comes_before_what_lies_beside(void **state)
{
        /* 0 holds 2 and 3, 2 holds 4; 1 stands beside 0. */
        static const uint32_t PARENTS[] = { MODEL_NONE, MODEL_NONE, 0, 0, 2 };
        static const uint32_t POSITIONS[] = { 1, 5, 2, 4, 3 }, ENDS[] = { 5, 6, 4, 5, 4 };
        expect_walk(PARENTS, POSITIONS, ENDS, 5);
}

/* A fragment may add a site above which others have been read already. */
static void a_parent_may_stand_behind_its_child(void **state)
{
        static const uint32_t PARENTS[] = { 1, 2, MODEL_NONE };
        static const uint32_t POSITIONS[] = { 3, 2, 1 }, ENDS[] = { 4, 4, 4 };
        expect_walk(PARENTS, POSITIONS, ENDS, 3);
}

static void a_chain_is_nested_intervals(void **state)
{
        uint32_t parents[32], positions[32], ends[32];
        for (uint32_t i = 0; i < 32; i++) {
                parents[i] = i == 0 ? MODEL_NONE : i - 1;
                positions[i] = i + 1;
                ends[i] = 33;
        }
        expect_walk(parents, positions, ends, 32);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_site_has_no_position),
                cmocka_unit_test(sites_at_the_top_follow_each_other),
                cmocka_unit_test(what_lies_below_comes_before_what_lies_beside),
                cmocka_unit_test(a_parent_may_stand_behind_its_child),
                cmocka_unit_test(a_chain_is_nested_intervals),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
