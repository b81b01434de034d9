/* SPDX-License-Identifier: MIT */
/*
 * Change
 *
 * One accepted change of who holds what: what the daemon decided to allow, on its way to the child
 * that writes it down. A list of changes is text, one a line, its members separated by tabs:
 *
 *     VERB ORGANIZATION TARGET ROLE SITE OBJECT FROM UNTIL BY AT REASON
 *
 * with "-" for a member that is not stated. TARGET and the OBJECT of a membership are TYPE:NAME, as
 * in "user:bob"; times are RFC 3339 in UTC. Names and paths hold neither tab nor newline; the
 * reason is escaped. A change has exactly one line.
 */
#pragma once

#include <stdio.h>

#include "policy/query.h"

#define CHANGES_MAX       256  /* of one list */
#define CHANGE_REASON_MAX 1024 /* bytes of a reason */

typedef enum ChangeVerb {
        CHANGE_GRANT,         /* role, site, from, until */
        CHANGE_REVOKE,        /* role, site */
        CHANGE_MIGRATE,       /* the user's legacy roles have no effect any more */
        CHANGE_ADD_MEMBER,    /* object: the group */
        CHANGE_REMOVE_MEMBER, /* object: the group */
        CHANGE_CUSTOMIZE_ADD, /* role, object: the permission */
        CHANGE_CUSTOMIZE_REMOVE,
        CHANGE_CUSTOMIZE_DEFAULT, /* role */
        CHANGE_VERB_COUNT,
} ChangeVerb;

/* Texts are borrowed; empty where not stated. */
typedef struct Change {
        ChangeVerb verb;
        Text organization;
        ResourceType target_type; /* RESOURCE_USER, RESOURCE_GROUP, or RESOURCE_ORGANIZATION for a
                                   * customization */
        Text target;              /* name of the user or group; empty for a customization */
        Text role;
        Text site;                /* path without the organization */
        ResourceType object_type; /* RESOURCE_GROUP or RESOURCE_ACCESS_GROUP: of a membership */
        Text object;              /* name of the group, or the permission */
        int64_t from_s, until_s;  /* TIMESTAMP_MIN, TIMESTAMP_MAX: not stated */
        Text by;                  /* name of the user who changes it */
        int64_t at_s;
        Text reason; /* at most CHANGE_REASON_MAX bytes */
} Change;

/* Writes one line. Return: 0, -EINVAL for what is no change (a name without its form, something
 * that the verb does not take or lacks, an interval that holds nothing), or the stream's error. */
int change_write(const Change *change, FILE *stream);

/*
 * Reads a list of at most CHANGES_MAX lines. The texts borrow from `text`, whose escapes are undone
 * in place. Return: 0 and their number, -EPROTO for anything that change_write() does not write.
 */
int changes_parse(char *text, size_t size, Change changes[static CHANGES_MAX], size_t *ret_count);
