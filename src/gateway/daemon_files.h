/* SPDX-License-Identifier: MIT */
/*
 * Daemon files
 *
 * The certificates and the key with which doorwardd is asked over HTTPS, looked at before anything
 * begins: libcurl reads them with every connection, and says little when it cannot.
 */
#pragma once

#include "gateway/log.h"
#include "gateway/settings.h"

/* Says in the log what is wrong with them: one that cannot be read, is no PEM, or a key that others
 * may read, or that is neither root's nor the program's own; is_check: owners are not looked at,
 * for root may check what another account will use. Without a url there are none. Return: 0, or
 * -EINVAL when something is wrong. */
int daemon_files_check(const SettingsDaemon *daemon, bool is_check, Log log);
