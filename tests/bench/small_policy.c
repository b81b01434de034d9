/* SPDX-License-Identifier: MIT */
#include "small_policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

static const char ORGANIZATION[] =
        "organization = { name = \"bench\"; };\n"
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); hosts = ( { name = \"h\"; } ); "
        "} );\n"
        "users = ( { name = \"" BENCH_PERSON "\"; uid = 4242;\n"
        "            roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); } );\n";

static const char SETTINGS[] =
        "host = \"bench/HQ/h\";\n"
        "break_glass = [ \"rescue\" ];\n"
        "sessions = ( { services = [ \"bench\", \"groups\" ]; role = \"access-site-viewer\"; },\n"
        "             { services = [ \"bench-exempt\" ]; exempt = true; } );\n"
        "limits = { clients_per_user = 1024; requests_per_second = 1000000; requests_burst = "
        "1000000; };\n";

void small_policy_open(const char *roles, char *ret_scratch)
{
        umask(022);
        if (scratch_new(ret_scratch) < 0 ||
            scratch_copy_configuration(ret_scratch, "roles", roles) < 0 ||
            scratch_make_folder(ret_scratch, "policy") < 0 ||
            scratch_make_folder(ret_scratch, "policy/organizations.d") < 0)
                bench_fail(ret_scratch, "cannot be written");
        bench_write(ret_scratch, "policy/organizations.d/bench.conf", ORGANIZATION);
        bench_write(ret_scratch, "policy/doorward.conf", SETTINGS);
        /* people of another uid reach the socket in it */
        if (chmod(ret_scratch, 0755) < 0)
                bench_fail(ret_scratch, strerror(errno));
}
