/* SPDX-License-Identifier: MIT */
/*
 * Identity
 *
 * Who a peer is, from what the kernel says about its socket (SO_PEERCRED, SO_PEERGROUPS) and
 * nothing else; and who a front, or root, says that it speaks for. Rules that must hold:
 *
 *  1. uid 0 and the daemon's own uid are root; nobody else ever is.
 *  2. (uid_t)-1, uids above INT_MAX, those of systemd's dynamic users (61184 to 65519) and nobody
 *     (65534) name no person: they are refused, whatever the policy or NSS says.
 *  3. A uid that the policy states is that person, and NSS is not asked.
 *  4. Another uid is the person that NSS names, unless the policy states another uid for that
 *     name, the name is no user's name, or it is "root".
 *  5. What is not known is nobody.
 *  6. A uid of `fronts` is a front and nothing else: it has no rights but to state certificates.
 *  7. Only root and fronts state a certificate, and then the request is that caller's alone:
 * nothing that the peer may do itself counts (request.c).
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
        IDENTITY_FRONT = 1 << 5,   /* speaks for callers by their certificates */
} IdentityKind;

/* "caller:ORGANIZATION/NAME" with its NUL. */
#define IDENTITY_CALLER_SIZE (sizeof("caller:/") + 2 * NAME_SIZE_MAX)

typedef struct Identity {
        uint32_t uid;                 /* of the peer, also of a front that speaks for a caller */
        unsigned kinds;               /* bits of IdentityKind, never 0 */
        bool may_attest;              /* groups and uids that it states are believed: uid 0 */
        bool by_certificate;          /* stated by root or a front: the uid says nothing about it */
        Fingerprint certificate;      /* of an IDENTITY_CALLER that is known by it */
        char name[NAME_SIZE_MAX + 1]; /* of IDENTITY_PERSON; else "" */
        char caller[IDENTITY_CALLER_SIZE]; /* of IDENTITY_CALLER, its own subject; else "" */
        const char *how;                   /* how it is known, for the journal. Static */
} Identity;

/* Says who a uid is by the policy alone. image may be NULL: no policy. */
Identity identity_of(const Image *image, uint32_t uid, uint32_t own_uid);

/* Says who has a certificate (as text); uid: of the peer that says so, and may. Nobody when no
 * caller of the policy has it, or it is no fingerprint. image may be NULL: no policy. */
Identity identity_of_certificate(const Image *image, Text certificate, uint32_t uid);

/* Gives a caller the name that it has in that organization, if it has one there. */
void identity_name_caller(Identity *identity, const Image *image, uint32_t organization);

/* What an identity is called in the journal: a person's name, a caller's subject, or nothing.
 * Borrowed. */
Text identity_text(const Identity *identity);

/* Says whether a subject is the caller itself: "caller:ORGANIZATION/NAME". */
bool identity_is_own_subject(const Image *image, const ImageCaller *caller, Text subject);

/* Writes a caller's own subject. Return: the text in buffer. */
Text identity_caller_text(const Image *image, const ImageCaller *caller,
                          char buffer[static IDENTITY_CALLER_SIZE]);

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
