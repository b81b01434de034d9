/* SPDX-License-Identifier: MIT */
/*
 * Roles: one role
 *
 * What a role gives; and, in an organization, what it gives there now, what by default, and which
 * line made the difference.
 */
#pragma once

#include "policy/image.h"

/* Prints a role of the catalogues, or (organization not IMAGE_NONE) that role or a custom one as
 * that organization has it. Return: the exit status. */
int roles_role_print(const Image *image, uint32_t organization, const char *name, bool json);

/* The variant of a role that an organization has customized. Return: NULL when it has not. */
const ImageRole *roles_variant(const Image *image, const ImageOrganization *organization,
                               uint32_t role);
