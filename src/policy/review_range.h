/* SPDX-License-Identifier: MIT */
/* Review range: what an organization declares that something can be asked about. */
#pragma once

#include "policy/image.h"

#define REVIEW_TYPES_MAX 8

/* The types of what a policy declares and a permission can be asked on, in the order of a review.
 * Return: static, REVIEW_TYPES_MAX of them. */
const ResourceType *review_types(void);

/* Says whether a type is one of them. */
bool review_type_is_listed(ResourceType type);

/* Where the things of a type, and for some types others between them, lie in the image. */
ImageRange review_range(const ImageOrganization *organization, uint32_t index, ResourceType type);

/* Says whether what lies at an index of that range is of the type. */
bool review_is_of_type(const Image *image, ResourceType type, uint32_t index);
