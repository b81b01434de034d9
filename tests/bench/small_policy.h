/* SPDX-License-Identifier: MIT */
/*
 * A policy of one door and one person, for what is bound by the disk and not by the policy: the
 * person's uid is BENCH_PERSON_UID, he may unlock door:bench/HQ/D1 and open a session of the
 * service "bench" at host:bench/HQ/h. No rate limit stands in the way.
 */
#pragma once

enum { BENCH_PERSON_UID = 4242 };

#define BENCH_PERSON "person"
#define BENCH_DOOR   "door:bench/HQ/D1"

/* Writes it as "policy" and the catalogues of the folder roles as "roles" into a new scratch
 * folder, whose path goes to ret_scratch, SCRATCH_SIZE bytes. Ends the program when that fails. */
void small_policy_open(const char *roles, char *ret_scratch);
