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
#define SCHEDULES_MAX         65535      /* of one organization, and exceptions likewise */
#define CALENDARS_MAX         256        /* of one organization */
#define CALENDAR_SIZE_MAX     (4u << 20) /* bytes of one iCalendar file */
#define CALENDAR_EVENTS_MAX   4096       /* of one calendar */
#define CALENDAR_DAYS_MAX     8192       /* of one calendar, repeats left out */
#define CALENDAR_STEPS_MAX    100000     /* occurrences looked at for one calendar */
#define CALENDAR_YEARS        3 /* calendars are known up to the end of the third year from now */
#define EXCEPTION_DAYS_MAX    16384 /* of one door or access level */
#define LOCKDOWNS_MAX         1024  /* of one organization */
#define LOCKDOWN_RANK_MAX     1000
#define LOCKDOWN_SECONDS_MAX  (30 * 24 * 60 * 60) /* until it ends by itself */
#define RELEASE_QUESTIONS_MAX (1u << 20)          /* decisions to find who can release lockdowns */
#define RELEASE_SECONDS       5                   /* of an unlock, where a door says nothing */
#define RELEASE_SECONDS_MAX   600
#define OVERRIDE_SECONDS_MAX  (31 * 24 * 60 * 60)
#define DIAGNOSTICS_MAX       10000 /* errors and warnings kept of one run */
#define OBSERVE_SECONDS_MAX   (30 * 24 * 60 * 60)
#define ZONE_UNTIL_YEAR       2100 /* zone transitions are compiled up to its start */
#define ENDING_SECONDS        (30 * 24 * 60 * 60) /* how long before compiled times end */
#define CARDS_MAX             64                  /* of one user */
#define FRONTS_MAX            16
#define UNIX_GROUPS_MAX       65536 /* groups of one process (NGROUPS_MAX) */
