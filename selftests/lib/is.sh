# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TAP of what was got and what was wanted, for tests on the host; who sources it prints the plan from NUMBER and FAILED.

NUMBER=0 FAILED=0

# is NAME GOT WANTED
is() {
	NUMBER=$((NUMBER + 1))
	if [ "$2" = "$3" ]; then
		printf 'ok %d %s\n' "$NUMBER" "$1"
		return
	fi
	FAILED=$((FAILED + 1))
	printf 'not ok %d %s\n' "$NUMBER" "$1"
	printf 'got:    %s\nwanted: %s\n' "$2" "$3" | sed 's/^/# /'
}
