#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real programs, unmodified, with real work and verified results: the client on one host, the server on the other, each
# on XTCP or on the kernel's TCP, IPv4 and IPv6. The counters of both hosts prove which stack did it. TAP on stdout.
#
#   selftests/apps/run.sh [--fast] [PROGRAM...]        as root, in a guest (make check-apps)
#
# --fast: XTCP on both ends only, less data, without the programs that take long to start or that a guest in virtual
# time cannot run. XTCP_TEST_STACK=tcp tests the tests. A PROGRAM is a file beside this one: see lib.sh.

set -u

APPS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/lib/tap.sh
. "$APPS/../lib/tap.sh"
# shellcheck source=selftests/apps/lib.sh
. "$APPS/lib.sh"

ALL=(nginx redis python socat iperf3 static openssh haproxy postgres node go)
FAST_ONES=(nginx redis python socat iperf3 static openssh haproxy)
# Node.js spins on sched_yield() when it ends and the runtime of Go when it starts, which hangs a guest in virtual time.
virtual_time && ALL=(nginx redis python socat iperf3 static openssh haproxy postgres)

FAST=
[ "${1:-}" != --fast ] || { FAST=1; shift; }
PROGRAMS=("$@")
if [ $# = 0 ]; then
	PROGRAMS=("${ALL[@]}")
	[ -z "$FAST" ] || PROGRAMS=("${FAST_ONES[@]}")
fi

apps_begin
for program in "${PROGRAMS[@]}"; do
	[ -e "$APPS/$program.sh" ] || { tap_result 1 "$program: no such file"; continue; }
	# shellcheck source=/dev/null
	. "$APPS/$program.sh"
	for stacks in "XTCP XTCP" "XTCP TCP" "TCP XTCP"; do
		[ -z "$FAST" ] || [ "$stacks" = "XTCP XTCP" ] || continue
		read -r CLIENT SERVER <<<"$stacks"
		serve_program "$program"
	done
done
apps_end
