/* SPDX-License-Identifier: MIT */
/* Decision ids: see decision_id.h. */
#include "daemon/decision_id.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

int decision_id_make(DecisionId *ret_id)
{
        static const char hexadecimal[] = "0123456789abcdef";
        uint8_t bytes[(DECISION_ID_SIZE - 1) / 2];
        ssize_t size;
        do
                size = getrandom(bytes, sizeof(bytes), 0);
        while (size < 0 && errno == EINTR);
        if (size != (ssize_t)sizeof(bytes))
                return size < 0 ? -errno : -EIO;
        for (size_t i = 0; i < sizeof(bytes); i++) {
                ret_id->digits[2 * i] = hexadecimal[bytes[i] >> 4];
                ret_id->digits[2 * i + 1] = hexadecimal[bytes[i] & 15];
        }
        ret_id->digits[DECISION_ID_SIZE - 1] = '\0';
        return 0;
}

Text decision_id_text(const DecisionId *id)
{
        return (Text){ id->digits, DECISION_ID_SIZE - 1 };
}
