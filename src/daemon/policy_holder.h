/* SPDX-License-Identifier: MIT */
/*
 * Policy holder
 *
 * The policy that is served: one image, or none. Decisions are made and answered within one turn
 * of the event loop and keep nothing of the image, so a swap between two turns needs no counting of
 * references: whoever keeps something across turns compares the generation.
 */
#pragma once

#include "daemon/image_store.h"
#include "policy/daemon_settings.h"
#include "policy/image.h"

typedef struct PolicyHolder {
        ImageStore store;
        Image *image;        /* NULL: no policy */
        int image_fd;        /* of its bytes, for children; -1 without image */
        uint32_t generation; /* grows with every swap */
        DaemonSettings settings;
        uint32_t unlock_permission;         /* IMAGE_NONE when the policy has none */
        bool has_unix_groups;               /* membership of a Unix group can matter */
        char revision[IMAGE_REVISION_SIZE]; /* "" without image */
} PolicyHolder;

/* Prepares a holder without policy. Return: 0; > 0 a FileProblem; -errno of the store. */
int policy_holder_open(int state_fd, PolicyHolder *ret_holder);
void policy_holder_close(PolicyHolder *holder);

/* Serves the newest image of the store that verifies. Return: 0, -ENOENT when there is none,
 * -errno. */
int policy_holder_load_newest(PolicyHolder *holder, ImageStoreBad bad, void *data);

/*
 * Verifies what a compiler wrote to a file of image_store_begin() (descriptor borrowed) and serves
 * it from now on. *ret_changed says whether it differs from what was served; equal ones are not
 * kept in the store again.
 * Return: 0; > 0 an ImageProblem as of image_map(); -errno. The policy served before stays when it
 * fails.
 */
int policy_holder_adopt(PolicyHolder *holder, int fd, bool *ret_changed);

/*
 * Serves from now on what has been verified already: an image that image_store_load() gave, and the
 * descriptor of its bytes, of what was written since image_store_begin(). Both are taken, and set
 * to NULL and -1, if they differ from what is served.
 * Return: 0, -errno; the policy served before stays when it fails.
 */
int policy_holder_take(PolicyHolder *holder, Image **image, int *fd, bool *ret_changed);
