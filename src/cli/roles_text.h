/* SPDX-License-Identifier: MIT */
/* Roles: text. Pieces of a role in words, shared by the tables of `doorward roles`. */
#pragma once

#include "policy/image.h"

/* "user,group", "user", "group" or "nobody". Static. */
const char *roles_holders_text(const ImageRole *role);

/* "door-access-now and also ROLE", or "-" when an entry holds always. Return: owned by the caller,
 * or NULL without memory. */
char *roles_when_text(const Image *image, const ImageEntry *entry);

/* "organization|site", "organization, from any site", "entity plates,cameras". Return: likewise. */
char *roles_scope_text(const Image *image, const ImageEntry *entry);
