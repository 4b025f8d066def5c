#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of xtcp-run and its library on the host, without a kernel that has XTCP: fake-xtcp.c plays it. TAP on stdout.
# usage: tools/test/run.sh FOLDER-WITH-THE-PROGRAMS        (make -C tools check)

set -euo pipefail

BIN=$(cd "$1" && pwd -P)
RUN=$BIN/xtcp-run
OURS=$BIN/libxtcp-preload.so
FAKE=$BIN/test/libfake-xtcp.so
OPEN=$BIN/test/open-sockets

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
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

# asked COMMAND...: runs it with the library and the fake, prints the socket() calls that reached the kernel, ';' apart.
asked() {
	: >"$WORK/log"
	env LD_PRELOAD="$OURS:$FAKE" FAKE_LOG="$WORK/log" "$@" >"$WORK/out" 2>"$WORK/err" || true
	paste -sd ';' "$WORK/log"
}

out() {
	paste -sd ';' "$WORK/out"
}

# What is TCP and becomes XTCP. SOCK_NONBLOCK is 2048, SOCK_CLOEXEC 524288.
is 'IPv4, protocol 0' "$(asked "$OPEN" 2 1 0)" '18 1 0'
is 'IPv4, IPPROTO_TCP' "$(asked "$OPEN" 2 1 6)" '18 1 0'
is 'IPv6, protocol 0' "$(asked "$OPEN" 10 1 0)" '18 1 1'
is 'IPv6, IPPROTO_TCP' "$(asked "$OPEN" 10 1 6)" '18 1 1'
is 'the flags stay' "$(asked "$OPEN" 2 $((1 + 2048 + 524288)) 6)" '18 526337 0'
is 'errno is left alone' "$(out)" 'ok 0'

# What is something else and stays: UDP, UNIX, netlink, MPTCP, SCTP, datagram TCP, XTCP itself.
for three in '2 2 0' '10 2 17' '1 1 0' '16 3 0' '2 1 262' '2 1 132' '2 2 6' '18 1 1' '2 1 253'; do
	# shellcheck disable=SC2086  # three words
	is "untouched: $three" "$(asked "$OPEN" $three)" "$three"
done

# No XTCP: EAFNOSUPPORT 97, EPROTONOSUPPORT 93, EPERM 1. Others (EMFILE 24, ENOBUFS 105) are the program's.
is 'absent: TCP' "$(asked env FAKE_ERRNO=97 "$OPEN" 2 1 0)" '18 1 0;2 1 0'
is 'absent: no error' "$(out)" 'ok 0'
is 'absent: nothing on stderr' "$(cat "$WORK/err")" ''
is 'absent: not asked again at once' "$(asked env FAKE_ERRNO=97 "$OPEN" 2 1 0 2 1 0)" '18 1 0;2 1 0;2 1 0'
is 'absent: asked for each IP version' "$(asked env FAKE_ERRNO=93 "$OPEN" 10 1 0 2 1 0)" '18 1 1;10 1 0;18 1 0;2 1 0'
is 'forbidden: TCP' "$(asked env FAKE_ERRNO=1 "$OPEN" 2 1 0)" '18 1 0;2 1 0'
for errno in 24 105; do
	is "error $errno: no second try" "$(asked env FAKE_ERRNO=$errno "$OPEN" 2 1 0)" '18 1 0'
	is "error $errno: handed on" "$(out)" "error $errno"
done
is 'required: no TCP' "$(asked env FAKE_ERRNO=97 XTCP_RUN_REQUIRE=1 "$OPEN" 2 1 0)" '18 1 0'
is 'required: the error' "$(out)" 'error 97'
is 'environment cleared, child: XTCP' "$(asked "$OPEN" --clear 10 1 0)" '18 1 1'
is 'environment cleared, child: still required' \
	"$(asked env FAKE_ERRNO=97 XTCP_RUN_REQUIRE=1 "$OPEN" --clear 2 1 0)" '18 1 0'
is 'another family number' "$(asked env XTCP_RUN_FAMILY=44 "$OPEN" 10 1 0)" '44 1 1;10 1 0'
is 'verbose' "$(asked env XTCP_RUN_VERBOSE=1 "$OPEN" 10 1 0; sed 's/process [0-9]*/process N/; s/descriptor [0-9]*/descriptor N/' "$WORK/err")" \
	"18 1 1
xtcp-run: process N: descriptor N (IPv6) is XTCP"

# The launcher. Its own probe is the first call.
is 'launcher: probe, then the program' "$(asked "$RUN" "$OPEN" 2 1 0)" '18 524289 0;18 1 0'
is 'launcher: nothing on stderr' "$(cat "$WORK/err")" ''
is 'launcher: a list that has the library stays' \
	"$(asked "$RUN" --require printenv LD_PRELOAD >"$WORK/x"; out)" "$OURS:$FAKE"
is 'launcher: the library goes behind what is there' \
	"$(LD_PRELOAD=$FAKE "$RUN" printenv LD_PRELOAD)" "$FAKE:$OURS"
is 'launcher: options for the library' \
	"$(LD_PRELOAD=$FAKE "$RUN" -rv env | grep ^XTCP_RUN | sort | paste -sd ' ')" 'XTCP_RUN_REQUIRE=1 XTCP_RUN_VERBOSE=1'
is "launcher: the program's options are its own" "$(LD_PRELOAD=$FAKE "$RUN" echo --require)" '--require'
is 'launcher: exit status' "$(LD_PRELOAD=$FAKE "$RUN" sh -c 'exit 7' || echo $?)" 7
is 'launcher: no such program' "$(LD_PRELOAD=$FAKE "$RUN" /nonexistent 2>/dev/null || echo $?)" 127
is 'launcher: not a program' "$(LD_PRELOAD=$FAKE "$RUN" /etc 2>/dev/null || echo $?)" 126
is 'launcher: no program' "$("$RUN" 2>/dev/null || echo $?)" 125
is 'launcher: help' "$("$RUN" --help | head -n 1)" 'usage: xtcp-run [--require] [--verbose] PROGRAM [ARG...]'

MESSAGE='XTCP is not available (Address family not supported by protocol)'
# shellcheck disable=SC2016  # for the inner shell
is 'launcher, absent: one message, TCP' \
	"$(LD_PRELOAD=$FAKE FAKE_ERRNO=97 "$RUN" sh -c 'sh -c "echo $LD_PRELOAD"' 2>&1)" \
	"xtcp-run: $MESSAGE; running 'sh' on TCP. To load it: modprobe xtcp
$FAKE"
is 'launcher, absent, required: message, status' \
	"$(LD_PRELOAD=$FAKE FAKE_ERRNO=97 "$RUN" --require echo started 2>&1 || echo $?)" \
	"xtcp-run: $MESSAGE; not starting 'echo'. To load it: modprobe xtcp
125"

# Installed, and moved afterwards.
make -s -C "$(dirname "$0")/.." install O="$BIN" DESTDIR="$WORK/root" PREFIX=/usr >/dev/null
mv "$WORK/root" "$WORK/moved"
is 'installed: finds its library' "$(LD_PRELOAD=$FAKE "$WORK/moved/usr/bin/xtcp-run" printenv LD_PRELOAD)" \
	"$FAKE:$WORK/moved/usr/bin/../lib/xtcp/libxtcp-preload.so"
mkdir "$WORK/a blank"
cp "$RUN" "$OURS" "$WORK/a blank"
is 'a path that LD_PRELOAD cannot carry' "$(LD_PRELOAD=$FAKE "$WORK/a blank/xtcp-run" true 2>/dev/null || echo $?)" 125

printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]
