/* SPDX-License-Identifier: MIT */
/* Identity: see identity.h. */
#include "daemon/identity.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define DYNAMIC_UID_FIRST 61184 /* systemd.exec(5), DynamicUser= */
#define DYNAMIC_UID_LAST  65519
#define NOBODY_UID        65534 /* also what an unmapped uid of a user namespace looks like */

bool identity_uid_is_special(uint32_t uid)
{
        return uid > INT_MAX || uid == NOBODY_UID ||
               (uid >= DYNAMIC_UID_FIRST && uid <= DYNAMIC_UID_LAST);
}

Text identity_caller_text(const Image *image, const ImageCaller *caller,
                          char buffer[static IDENTITY_CALLER_SIZE])
{
        const ImageOrganization *organization = image_organization(image, caller->organization);
        Text owner = organization ? image_string(image, organization->name) : TEXT_NULL;
        Text name = image_string(image, caller->name);
        int size = snprintf(buffer, IDENTITY_CALLER_SIZE, "caller:%.*s/%.*s", (int)owner.size,
                            owner.data, (int)name.size, name.data);
        bool fits = size > 0 && (size_t)size < IDENTITY_CALLER_SIZE;
        return (Text){ buffer, fits ? (size_t)size : IDENTITY_CALLER_SIZE - 1 };
}

bool identity_is_own_subject(const Image *image, const ImageCaller *caller, Text subject)
{
        char buffer[IDENTITY_CALLER_SIZE];
        return text_equal(subject, identity_caller_text(image, caller, buffer));
}

Text identity_text(const Identity *identity)
{
        return text_from(identity->kinds & IDENTITY_CALLER ? identity->caller : identity->name);
}

/* Makes an identity that of a caller, by the first entry that it has. */
static void set_caller(Identity *identity, const Image *image, const ImageCaller *caller,
                       const char *how)
{
        identity->kinds = IDENTITY_CALLER;
        identity->how = how;
        (void)identity_caller_text(image, caller, identity->caller);
}

static void set_person(Identity *identity, Text name, const char *how)
{
        memcpy(identity->name, name.data, name.size);
        identity->name[name.size] = '\0';
        identity->kinds |= IDENTITY_PERSON;
        identity->how = how;
}

Identity identity_of(const Image *image, uint32_t uid, uint32_t own_uid)
{
        Identity identity = { .uid = uid, .may_attest = uid == 0 };
        if (uid == 0 || (uid == own_uid && uid <= INT_MAX)) {
                identity.kinds = IDENTITY_ROOT;
                identity.how = uid == 0 ? "root" : "daemon-uid";
        } else if (identity_uid_is_special(uid)) {
                identity.kinds = IDENTITY_NOBODY;
                identity.how = "special-uid";
                return identity;
        } else if (image && image_front_of_uid(image, uid)) {
                identity.kinds = IDENTITY_FRONT;
                identity.how = "front";
                return identity;
        } else {
                const ImageCaller *caller =
                        image ? image_caller_of_uid(image, uid, IMAGE_NONE) : NULL;
                if (caller)
                        set_caller(&identity, image, caller, "listed-caller");
        }
        Text person = image ? image_person_of_uid(image, uid) : TEXT_NULL;
        if (uid != 0 && person.size > 0 && person.size <= NAME_SIZE_MAX)
                set_person(&identity, person, "policy-uid");
        if (identity.kinds == 0) {
                identity.kinds = IDENTITY_UNNAMED;
                identity.how = "uid";
        }
        return identity;
}

Identity identity_of_certificate(const Image *image, Text certificate, uint32_t uid)
{
        Identity identity = {
                .uid = uid, .kinds = IDENTITY_NOBODY, .by_certificate = true, .how = "certificate"
        };
        const ImageCaller *caller =
                image && fingerprint_parse(certificate, &identity.certificate)
                        ? image_caller_of_certificate(image, &identity.certificate, IMAGE_NONE)
                        : NULL;
        if (caller)
                set_caller(&identity, image, caller, identity.how);
        return identity;
}

void identity_name_caller(Identity *identity, const Image *image, uint32_t organization)
{
        const ImageCaller *caller = identity_caller(image, identity, organization);
        if (caller)
                (void)identity_caller_text(image, caller, identity->caller);
}

bool identity_name_is_usable(const Image *image, uint32_t uid, Text name)
{
        uint32_t stated;
        if (!name_is_valid_user(name) || text_is(name, "root"))
                return false;
        return !image || !image_uid_of_person(image, name, &stated) || stated == uid;
}

void identity_set_name(Identity *identity, const Image *image, Text name)
{
        identity->kinds &= ~(unsigned)IDENTITY_UNNAMED;
        if (identity_name_is_usable(image, identity->uid, name)) {
                set_person(identity, name, "nss");
                return;
        }
        identity->kinds |= IDENTITY_NOBODY;
        identity->how = "unusable-name";
}

const ImageCaller *identity_caller(const Image *image, const Identity *identity,
                                   uint32_t organization)
{
        if (!(identity->kinds & IDENTITY_CALLER) || organization == IMAGE_NONE)
                return NULL;
        return identity->by_certificate
                       ? image_caller_of_certificate(image, &identity->certificate, organization)
                       : image_caller_of_uid(image, identity->uid, organization);
}

bool identity_caller_reaches(const Image *image, const ImageCaller *caller, const Target *target)
{
        if (caller->organization != target->organization)
                return false;
        if (caller->sites.count == 0)
                return true;
        uint32_t count;
        const uint32_t *sites = image_numbers(image, caller->sites, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageSite *site = image_site(image, sites[i]);
                if (site && site->position <= target->position && target->position < site->end)
                        return true;
        }
        return false;
}

static int compare_groups(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
        return (left > right) - (left < right);
}

static size_t without_repeats(uint32_t *groups, size_t count)
{
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || groups[i] != groups[kept - 1])
                        groups[kept++] = groups[i];
        return kept;
}

int identity_peer_groups(int fd, uint32_t primary_gid, uint32_t **ret_groups, size_t *ret_count)
{
        /* Asked without room first: the kernel says how much it needs. */
        socklen_t size = 0;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) < 0 && errno != ERANGE)
                return -errno;
        if (size > UNIX_GROUPS_MAX * sizeof(uint32_t))
                return -E2BIG;
        uint32_t *groups = malloc(size + sizeof(uint32_t));
        if (!groups)
                return -ENOMEM;
        if (size > 0 && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0) {
                int error = -errno;
                free(groups);
                return error;
        }
        size_t count = size / sizeof(uint32_t);
        groups[count++] = primary_gid;
        qsort(groups, count, sizeof(*groups), compare_groups);
        *ret_count = without_repeats(groups, count);
        *ret_groups = groups;
        return 0;
}
