/* SPDX-License-Identifier: MIT */
/*
 * Identity
 *
 * Who a peer is, from what the kernel says about its socket (SO_PEERCRED, SO_PEERGROUPS) and
 * nothing else. Rules that must hold:
 *
 *  1. uid 0 and the daemon's own uid are root; nobody else ever is.
 *  2. (uid_t)-1, uids above INT_MAX, those of systemd's dynamic users (61184 to 65519) and nobody
 *     (65534) name no person: they are refused, whatever the policy or NSS says.
 *  3. A uid that the policy states is that person, and NSS is not asked.
 *  4. Another uid is the person that NSS names, unless the policy states another uid for that
 *     name, the name is no user's name, or it is "root".
 *  5. What is not known is nobody.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/decide.h"
#include "policy/image.h"
#include "util/name.h"

/* What a peer may be at once. Bits. */
typedef enum IdentityKind {
        IDENTITY_ROOT = 1 << 0,
        IDENTITY_CALLER = 1 << 1,  /* a listed service user */
        IDENTITY_PERSON = 1 << 2,  /* somebody with a name */
        IDENTITY_UNNAMED = 1 << 3, /* NSS has to be asked before it is known who that is */
        IDENTITY_NOBODY = 1 << 4,  /* no person: a special uid, or a uid without usable name */
} IdentityKind;

typedef struct Identity {
        uint32_t uid;
        unsigned kinds;               /* bits of IdentityKind, never 0 */
        bool may_attest;              /* groups and uids that it states are believed: uid 0 */
        char name[NAME_SIZE_MAX + 1]; /* of IDENTITY_PERSON; else "" */
        const char *how;              /* how it is known, for the journal. Static */
} Identity;

/* Says who a uid is by the policy alone. image may be NULL: no policy. */
Identity identity_of(const Image *image, uint32_t uid, uint32_t own_uid);

/* Completes an IDENTITY_UNNAMED with the name that NSS gives its uid; an empty name, or one that
 * rule 4 forbids, makes it IDENTITY_NOBODY. image may be NULL. */
void identity_set_name(Identity *identity, const Image *image, Text name);

/* Says whether a uid can never be a person (rule 2). */
bool identity_uid_is_special(uint32_t uid);

/* Whether NSS's name may stand for that uid (rule 4). */
bool identity_name_is_usable(const Image *image, uint32_t uid, Text name);

/* The entry of a listed caller for an organization. Return: borrowed from the image, or NULL. */
const ImageCaller *identity_caller(const Image *image, const Identity *identity,
                                   uint32_t organization);

/* Says whether a listed caller's entry covers a target: its whole organization, or the sites it
 * names and all below them. */
bool identity_caller_reaches(const Image *image, const ImageCaller *caller, const Target *target);

/* Reads the groups of a connected peer as the kernel knows them, its primary group included:
 * ascending, without repeats. Return: 0 and the groups (owned by the caller, free()), -errno. */
int identity_peer_groups(int fd, uint32_t primary_gid, uint32_t **ret_groups, size_t *ret_count);
