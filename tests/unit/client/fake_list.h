/* SPDX-License-Identifier: MIT */
/* Fake list: what the fake server says when it replies with records. */
#pragma once

#include "fake_server.h"

/* Sends the n-th list of a server, or nothing beyond the last. Return: false when the connection is
 * to be closed. */
bool fake_list_send(const FakeBehaviour *behaviour, size_t n, const Message *request, int client);
