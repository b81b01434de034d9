/* SPDX-License-Identifier: MIT */
/*
 * Image format: callers, fronts and cards
 *
 * Part of image_format.h. Programs and credentials instead of people: who may ask for others, and
 * whom a card at a reader stands for.
 */
#pragma once

#include "policy/image_place.h"
#include "util/fingerprint.h"

/* A program that may ask, unlock or report at some sites. At least one of uid and certificate. */
typedef struct ImageCaller {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t uid;             /* IMAGE_NONE: none, which is nobody's uid */
        uint32_t may;             /* bits of CallerRight */
        uint32_t has_certificate; /* 0 or 1 */
        Fingerprint certificate;
        ImageRange sites; /* in IMAGE_NUMBERS; none: all */
        ImagePlace place;
} ImageCaller;

/* A process whose word on certificates is taken. */
typedef struct ImageFront {
        uint32_t name;
        uint32_t uid;
        ImagePlace place;
} ImageFront;

/* A card of a user, in one organization. */
typedef struct ImageCard {
        uint64_t number;
        uint32_t user; /* IMAGE_USERS */
        uint32_t reserved;
} ImageCard;
