/* SPDX-License-Identifier: MIT */
/*
 * Compile: members of groups
 *
 * Users list their groups; searches ask a group for its users. Counted first, then put in, in the
 * order of the users.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"

/* A kind of group that lists its members. */
typedef struct MemberKind {
        enum ImageSectionId section;
        size_t groups_of_user;   /* offset of the user's range of groups */
        size_t members_of_group; /* offset of the group's range of users */
} MemberKind;

static const ImageRange *range_at(const Compiler *compiler, enum ImageSectionId section,
                                  uint32_t index, size_t offset)
{
        return (const void *)((const char *)compiler_at(compiler, section, index) + offset);
}

/* Calls for each pair of user and group: pass 0 counts, pass 1 puts the user into the list. */
static void members_pass(Compiler *compiler, const MemberKind *kind, uint32_t *fill, bool put)
{
        uint32_t users = compiler_count(compiler, IMAGE_USERS);
        uint32_t *numbers = (uint32_t *)(void *)compiler->sections[IMAGE_NUMBERS].data;
        for (uint32_t user = 0; user < users; user++) {
                const ImageRange *groups =
                        range_at(compiler, IMAGE_USERS, user, kind->groups_of_user);
                for (uint32_t i = 0; i < groups->count; i++) {
                        uint32_t group = numbers[groups->first + i];
                        if (put)
                                numbers[fill[group]] = user;
                        fill[group]++;
                }
        }
}

static int members_fill(Compiler *compiler, const MemberKind *kind)
{
        uint32_t count = compiler_count(compiler, kind->section);
        _cleanup_free_ uint32_t *fill = calloc((size_t)count + 1, sizeof(uint32_t));
        if (!fill)
                return compiler->error = -ENOMEM;
        members_pass(compiler, kind, fill, false);
        for (uint32_t i = 0; i < count && !compiler->error; i++) {
                ImageRange members = { compiler_count(compiler, IMAGE_NUMBERS), fill[i] };
                compiler_append(compiler, IMAGE_NUMBERS, fill[i]);
                fill[i] = members.first;
                memcpy((char *)compiler_at(compiler, kind->section, i) + kind->members_of_group,
                       &members, sizeof(members));
        }
        if (!compiler->error)
                members_pass(compiler, kind, fill, true);
        return compiler->error;
}

int compile_members(Compiler *compiler)
{
        static const MemberKind GROUPS = { IMAGE_GROUPS, offsetof(ImageUser, groups),
                                           offsetof(ImageGroup, members) };
        static const MemberKind ACCESS_GROUPS = { IMAGE_ACCESS_GROUPS,
                                                  offsetof(ImageUser, access_groups),
                                                  offsetof(ImageAccessGroup, members) };
        if (members_fill(compiler, &GROUPS) != 0)
                return compiler->error;
        return members_fill(compiler, &ACCESS_GROUPS);
}
