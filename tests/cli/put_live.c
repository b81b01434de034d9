/* SPDX-License-Identifier: MIT */
/* put_live STATE KIND RESOURCE: puts a live record, without end, into the store of a state folder
 * that no daemon uses. */
#include <stdio.h>

#include "state/state_store.h"
#include "util/timestamp.h"

int main(int argc, char **argv)
{
        char error[200];
        StateStore *store = NULL;
        if (argc != 4)
                return 2;
        StateChange change = { STATE_CHANGE_PUT,
                               { .kind = LIVE_KIND_COUNT,
                                 .resource = text_from(argv[3]),
                                 .note = { .at_s = 1780000000, .by = TEXT_LITERAL("root") },
                                 .from_s = TIMESTAMP_MIN,
                                 .until_s = TIMESTAMP_MAX,
                                 .state = DOOR_STATE_LOCKED } };
        for (unsigned kind = 0; kind < LIVE_KIND_COUNT; kind++)
                if (text_is(text_from(argv[2]), live_kind_name((LiveKind)kind)))
                        change.record.kind = (LiveKind)kind;
        int r = state_store_open(argv[1], false, error, sizeof(error), &store);
        if (r == 0)
                r = state_store_write(store, &change, 1, error, sizeof(error));
        (void)state_store_close(store);
        if (r != 0)
                fprintf(stderr, "put_live: %s\n", error);
        return r == 0 ? 0 : 1;
}
