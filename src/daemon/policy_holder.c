/* SPDX-License-Identifier: MIT */
/* Policy holder: see policy_holder.h. */
#include "daemon/policy_holder.h"

#include <errno.h>
#include <fcntl.h>

int policy_holder_open(int state_fd, PolicyHolder *ret_holder)
{
        *ret_holder = (PolicyHolder){
                .image_fd = -1,
                .settings = DAEMON_SETTINGS_DEFAULT,
                .unlock_permission = IMAGE_NONE,
        };
        return image_store_open(state_fd, &ret_holder->store);
}

void policy_holder_close(PolicyHolder *holder)
{
        holder->image = image_free(holder->image);
        cleanup_close(&holder->image_fd);
        holder->image_fd = -1;
        image_store_close(&holder->store);
}

static DaemonSettings settings_of(const Image *image)
{
        const ImageSettings *settings = &image_header(image)->settings;
        DaemonSettings read = {
                .clients = settings->clients,
                .clients_per_user = settings->clients_per_user,
                .requests_in_flight = settings->requests_in_flight,
                .requests_per_second = settings->requests_per_second,
                .requests_burst = settings->requests_burst,
                .request_seconds = settings->request_seconds,
                .journal_mebibytes = settings->journal_mebibytes,
                .clock_ahead_seconds = settings->clock_ahead_seconds,
                .clock_offline_days = settings->clock_offline_days,
        };
        memcpy(read.retention_days, settings->retention_days, sizeof(read.retention_days));
        return read;
}

/* Takes image and descriptor. */
static void serve(PolicyHolder *holder, Image *image, int fd)
{
        (void)image_free(holder->image);
        cleanup_close(&holder->image_fd);
        holder->image = image;
        holder->image_fd = fd;
        holder->generation++;
        holder->settings = settings_of(image);
        holder->unlock_permission = image_header(image)->commands[PERMISSION_COMMAND_UNLOCK];
        holder->has_unix_groups = image_count(image, IMAGE_MAPPED_GROUPS) > 0;
        (void)image_revision(image, holder->revision);
}

int policy_holder_load_newest(PolicyHolder *holder, ImageStoreBad bad, void *data)
{
        Image *image;
        int fd;
        int r = image_store_newest(&holder->store, bad, data, &image, &fd);
        if (r == 0)
                serve(holder, image, fd);
        return r;
}

/* Equal policies, from equal text, with equal settings. */
static bool is_same(const Image *a, const Image *b)
{
        const ImageHeader *left = image_header(a), *right = image_header(b);
        return left->revision == right->revision && left->fingerprint == right->fingerprint &&
               memcmp(&left->settings, &right->settings, sizeof(left->settings)) == 0;
}

int policy_holder_take(PolicyHolder *holder, Image **image, int *fd, bool *ret_changed)
{
        bool changed = !holder->image || !is_same(holder->image, *image);
        if (changed) {
                int r = image_store_keep(&holder->store);
                if (r < 0)
                        return r;
                serve(holder, *image, *fd);
                *image = NULL;
                *fd = -1;
        } else {
                image_store_drop(&holder->store);
        }
        *ret_changed = changed;
        return 0;
}

int policy_holder_adopt(PolicyHolder *holder, int fd, bool *ret_changed)
{
        _cleanup_close_ int copy = -1;
        _cleanup_(image_freep) Image *image = NULL;
        int r = image_store_load(fd, &image, &copy);
        return r != 0 ? r : policy_holder_take(holder, &image, &copy, ret_changed);
}
