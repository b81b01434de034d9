/* SPDX-License-Identifier: MIT */
/* HTTPS peer: see https_peer.h. */
#include "link/https_peer.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

bool https_peer_is_server(CURL *handle)
{
        struct curl_tlssessioninfo *information = NULL;
        gnutls_typed_vdata_st demanded = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                           .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER };
        unsigned status = ~0u;
        if (curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &information) != CURLE_OK ||
            !information || information->backend != CURLSSLBACKEND_GNUTLS ||
            !information->internals)
                return false;
        gnutls_session_t session = information->internals;
        return gnutls_certificate_verify_peers(session, &demanded, 1, &status) == 0 && status == 0;
}
