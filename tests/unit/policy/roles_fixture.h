/* SPDX-License-Identifier: MIT */
/* A catalogue with every kind of role, for tests of what organizations make of it. */
#pragma once

#include "check_fixture.h"

/* clang-format off */
#define ROLES_CATALOGUE                                                                            \
        "permissions = (\n"                                                                        \
        "  { name = \"live\"; scope = \"site\"; },\n"                                              \
        "  { name = \"archive\"; scope = \"site\"; customizable = \"archives\"; },\n"              \
        "  { name = \"delete\"; scope = \"site\"; customizable = \"archives\"; },\n"               \
        "  { name = \"share\"; scope = \"site\"; customizable = \"links\"; },\n"                   \
        "  { name = \"login\"; scope = \"organization\"; },\n"                                     \
        "  { name = \"read\"; scope = \"entity\"; },\n"                                            \
        "  { name = \"write\"; scope = \"entity\"; },\n"                                           \
        "  { name = \"assign\"; scope = \"account\"; } );\n"                                       \
        "roles = (\n"                                                                              \
        "  { name = \"member\"; level = \"organization\"; holders = [ \"user\" ];\n"               \
        "    every_member = true; permissions = ( { name = \"login\"; } ); },\n"                   \
        "  { name = \"viewer\"; level = \"site\"; ladder = \"camera\"; rank = 1;\n"                \
        "    customizable = [ \"archives\" ]; permissions = ( { name = \"live\"; },\n"             \
        "    { name = \"archive\"; when = [ \"target-not-self\" ]; } ); },\n"                      \
        "  { name = \"admin\"; level = \"site\"; ladder = \"camera\"; rank = 2;\n"                 \
        "    includes = [ \"viewer\" ]; permissions = ( { name = \"share\"; },\n"                  \
        "    { name = \"delete\"; when = [ \"target-is-self\" ]; } ); },\n"                        \
        "  { name = \"chief\"; level = \"organization\"; includes = [ \"member\" ];\n"             \
        "    implies = ( { role = \"viewer\"; at = \"all-sites\"; } ); },\n"                       \
        "  { name = \"nothing\"; level = \"account\"; } );\n"                                      \
        "custom_roles = { granted_with = [ \"assign\" ]; holders = [ \"user\" ]; actions = (\n"    \
        "  { action = \"read\"; permission = \"read\"; },\n"                                       \
        "  { action = \"write\"; permission = \"write\"; },\n"                                     \
        "  { action = \"look\"; permission = \"read\"; } ); };\n"

/* Permissions and roles of it, by their index. */
enum { P_LIVE, P_ARCHIVE, P_DELETE, P_SHARE, P_LOGIN, P_READ, P_WRITE, P_ASSIGN };
enum { R_MEMBER, R_VIEWER, R_ADMIN, R_CHIEF, R_NOTHING, R_COUNT };
/* clang-format on */
