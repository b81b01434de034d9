/* SPDX-License-Identifier: MIT */
/*
 * HTTPS peer: whether who answers may be a server
 *
 * libcurl verifies by whom a certificate was made, until when it is valid, and for which name; with
 * GnuTLS not what it is for. Every caller has a certificate of the same authority: one that also
 * bears the name of the front's host could stand in for the front.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

/* Whether the peer of a transfer has shown a certificate that a server may have. To be asked when
 * its handshake is done, before anything of a request is sent. */
bool https_peer_is_server(CURL *handle);
