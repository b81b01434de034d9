/* SPDX-License-Identifier: MIT */
/*
 * Image store
 *
 * The compiled policies of the state folder: images/NUMBER.image, the highest number being the
 * newest. An image is written beside them, synced and then renamed, so that a file under such a
 * name is always whole; the last few good ones are kept, for a start without the text and for going
 * back (remove the newest and start again).
 */
#pragma once

#include <stdint.h>

#include "policy/image.h"
#include "util/cleanup.h"

#define IMAGE_STORE_KEPT 5

typedef struct ImageStore {
        int directory_fd;
        uint32_t newest; /* the highest number in use; 0: none */
} ImageStore;

/* Told about an image that cannot be used: its number and why. */
typedef void (*ImageStoreBad)(void *data, uint32_t number, const char *why);

/* Opens images/ in the state folder (borrowed), making it if it is not there.
 * Return: 0; > 0 a FileProblem; -errno. */
int image_store_open(int state_fd, ImageStore *ret_store);
void image_store_close(ImageStore *store);

/*
 * Opens an image from a copy of its file (borrowed) in sealed memory: nothing that happens to the
 * file afterwards, not even its being cut, changes or ends what is served.
 * Return: 0, the image and a descriptor of the copy, for children (both owned by the caller); else
 * as image_map().
 */
int image_store_load(int file_fd, Image **ret_image, int *ret_fd);

/* Loads the newest image that verifies. bad is told about each newer one that does not.
 * Return: 0, image and descriptor as of image_store_load(); -ENOENT when there is none; -errno. */
int image_store_newest(ImageStore *store, ImageStoreBad bad, void *data, Image **ret_image,
                       int *ret_fd);

/* Creates the file that a compiler writes to, empty, instead of one that was left behind.
 * Return: 0 and the descriptor (owned by the caller), -errno. */
int image_store_begin(ImageStore *store, int *ret_fd);

/* Gives what was written since image_store_begin() the next number, and removes what is older than
 * the last IMAGE_STORE_KEPT. Return: 0 when it is on disk, -errno. */
int image_store_keep(ImageStore *store);

/* Removes what was written since image_store_begin(). */
void image_store_drop(ImageStore *store);
