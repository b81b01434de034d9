/* SPDX-License-Identifier: MIT */
/* Limits: every bound on what a policy or a query may hold, in one place. */
#pragma once

#define SOURCE_FILE_SIZE_MAX  (512u << 20) /* bytes of one policy file, unless set lower */
#define SOURCE_FILES_MAX      4096         /* files of one policy */
#define SOURCE_BRACKETS_MAX   80           /* nested brackets in a file (32 sites need 66) */
#define SOURCE_TOKEN_SIZE_MAX 65536        /* bytes of one string, name or number in a file */
#define SOURCE_MEMBERS_MAX    256          /* settings of one group: libconfig is quadratic */
#define SOURCE_ENTRIES_MAX    65536        /* names in one folder of a policy */
#define SITE_DEPTH_MAX        32           /* sites within sites */
#define PATH_DEPTH_MAX        (SITE_DEPTH_MAX + 2)  /* organization, sites, object */
#define PATH_SIZE_MAX         (PATH_DEPTH_MAX * 65) /* bytes of a path, with its NUL */
#define RESOURCE_SIZE_MAX     4096                  /* bytes of a resource in a query */
#define QUERY_ROLES_MAX       16                    /* roles of one query: a migration */
#define QUERY_WORDS_MAX       (QUERY_ROLES_MAX + 3)
#define QUERY_SIZE_MAX        16384 /* bytes of a whole query */
#define QUERY_WITH_MAX        4     /* with= objects of one query */
#define ORGANIZATIONS_MAX     4096
#define ROLES_MAX             4096
#define PERMISSIONS_MAX       4096
#define LADDERS_MAX           64         /* ladders of all catalogues together */
#define ALTERNATIVES_MAX      8          /* alternatives of conditions in one entry */
#define CONDITIONS_MAX        8          /* conditions of one alternative */
#define CLASSES_MAX           32         /* classes of customization of all catalogues together */
#define CUSTOM_ROLES_MAX      1024       /* of one organization */
#define ALL_ROLES_MAX         UINT16_MAX /* catalogues', custom ones and variants together */
#define ENTITIES_MAX          4096       /* of one organization */
#define ROLE_INCLUDES_MAX     32         /* roles included or implied, transitively */
#define SCHEDULE_WINDOWS_MAX  256
#define DIAGNOSTICS_MAX       10000 /* errors and warnings kept of one run */
#define OBSERVE_SECONDS_MAX   (30 * 24 * 60 * 60)
#define ZONE_UNTIL_YEAR       2100  /* zone transitions are compiled up to its start */
#define UNIX_GROUPS_MAX       65536 /* groups of one process (NGROUPS_MAX) */
