# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the test scripts share: TAP 13, two namespaces as two hosts, and sockets held open by lib/hold. Sourced.
#
#   near 192.0.2.1, 2001:db8::1  -- veth0 --  veth0  far 192.0.2.2, 2001:db8::2

set -u

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUTPUT=${XTCP_SELFTESTS_OUTPUT:-$LIB/../../build/selftests}
HOLD=$OUTPUT/lib/hold
NEAR=xtcp-near-$$
FAR=xtcp-far-$$
KSFT_SKIP=4
PATIENCE=20

TAP_COUNT=0
TAP_FAILED=0
TAP_SKIPPED=0
declare -A HOLD_PID HOLD_IN HOLD_OUT

DIR=$(mktemp -d)

tap_cleanup() {
	local name
	for name in "${!HOLD_PID[@]}"; do
		kill "${HOLD_PID[$name]}" 2>/dev/null
	done
	ip netns del "$NEAR" 2>/dev/null
	ip netns del "$FAR" 2>/dev/null
	rm -rf "$DIR"
}
trap tap_cleanup EXIT

tap_result() {
	local status=$1
	shift
	TAP_COUNT=$((TAP_COUNT + 1))
	if [ "$status" -eq 0 ]; then
		echo "ok $TAP_COUNT $*"
	else
		TAP_FAILED=$((TAP_FAILED + 1))
		echo "not ok $TAP_COUNT $*"
	fi
}

# check NAME COMMAND...: ok if it succeeds.
check() {
	local name=$1
	shift
	"$@" >"$DIR/check" 2>&1
	local status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$DIR/check"
	tap_result "$status" "$name"
}

# check_fails NAME TEXT COMMAND...: ok if it fails and says TEXT.
check_fails() {
	local name=$1 text=$2 status=1
	shift 2
	if "$@" >"$DIR/check" 2>&1; then
		echo "# succeeded: $*"
	elif grep -q -- "$text" "$DIR/check"; then
		status=0
	else
		sed 's/^/# /' "$DIR/check"
	fi
	tap_result "$status" "$name"
}

tap_skip() {
	local name=$1
	shift
	if [ "${XTCP_SKIP_FAILS:-0}" != 0 ]; then
		tap_result 1 "$name ($*)"
		return
	fi
	TAP_COUNT=$((TAP_COUNT + 1))
	TAP_SKIPPED=$((TAP_SKIPPED + 1))
	echo "ok $TAP_COUNT $name # SKIP $*"
}

# The whole script cannot run here.
tap_give_up() {
	if [ "${XTCP_SKIP_FAILS:-0}" != 0 ]; then
		printf 'TAP version 13\n1..1\nnot ok 1 %s\n' "$*"
		exit 1
	fi
	printf 'TAP version 13\n1..0 # SKIP %s\n' "$*"
	exit "$KSFT_SKIP"
}

tap_begin() {
	echo "TAP version 13"
}

tap_end() {
	echo "1..$TAP_COUNT"
	[ "$TAP_FAILED" -eq 0 ] || exit 1
	exit 0
}

under_test() {
	[ "${XTCP_TEST_STACK:-xtcp}" != tcp ]
}

# Prints the file that was loaded; nothing when it is not known, or the kernel's TCP is the stack under test.
module_file() {
	local file
	under_test || return 0
	for file in "${XTCP_KO:-}" "${XTCP_MODULE:-}" "$(modinfo -n xtcp 2>/dev/null)" \
		"$LIB/../../build/${XTCP_KERNEL:-none}"/*/xtcp.ko; do
		if [ -n "$file" ] && [ -f "$file" ]; then
			printf '%s\n' "$file"
			return 0
		fi
	done
}

# until_true COMMAND...: repeats it until it succeeds or patience ends.
until_true() {
	local end=$((SECONDS + PATIENCE))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# Both hosts, linked, without duplicate address detection.
hosts() {
	local side ns
	ip netns add "$NEAR" && ip netns add "$FAR" || return 1
	# Ends with different numbers: the kernel waits up to a second with the carrier of a device that is its own peer.
	ip -n "$NEAR" link add veth0 index 100 type veth peer name veth0 index 101 netns "$FAR" || return 1
	side=1
	for ns in "$NEAR" "$FAR"; do
		ip -n "$ns" link set lo up
		ip -n "$ns" link set veth0 up
		ip -n "$ns" addr add "192.0.2.$side/24" dev veth0
		ip -n "$ns" addr add "2001:db8::$side/64" dev veth0 nodad
		side=2
	done
	until_true hosts_ready
}

hosts_ready() {
	ip -n "$NEAR" -6 route show table local | grep -q '^local 2001:db8::1 ' &&
		ip -n "$FAR" -6 route show table local | grep -q '^local 2001:db8::2 '
}

# Without the other holds' pipes: their ends would not be seen.
hold_exec() {
	local ns=$1 fd
	shift
	for fd in "${HOLD_IN[@]}" "${HOLD_OUT[@]}"; do
		exec {fd}>&-
	done
	exec nsenter --net="/run/netns/$ns" "$HOLD" "$@"
}

# hold NAME NAMESPACE ARG...: a socket held by lib/hold ARG...; its port in HOLD_PORT. Fails when hold does.
hold() {
	local name=$1 ns=$2 in out line=
	shift 2
	rm -f "$DIR/$name.in" "$DIR/$name.out"
	mkfifo "$DIR/$name.in" "$DIR/$name.out"
	hold_exec "$ns" "$@" <"$DIR/$name.in" >"$DIR/$name.out" 2>"$DIR/$name.err" &
	HOLD_PID[$name]=$!
	exec {in}>"$DIR/$name.in" {out}<"$DIR/$name.out"
	HOLD_IN[$name]=$in
	HOLD_OUT[$name]=$out
	read -r -t "$PATIENCE" -u "$out" line
	# shellcheck disable=SC2034 # for the caller
	HOLD_PORT=${line#ready }
	[[ $line == ready* ]] && return
	cat "$DIR/$name.err"
	drop "$name"
	return 1
}

# say NAME TEXT: through a held connection to an echoing listener and back.
say() {
	local name=$1 text=$2 back=
	echo "$text" >&"${HOLD_IN[$name]}"
	read -r -t "$PATIENCE" -u "${HOLD_OUT[$name]}" back
	[ "$back" = "$text" ]
}

# drop NAME: closes it, waits for its process.
drop() {
	local name=$1 in=${HOLD_IN[$1]} out=${HOLD_OUT[$1]}
	exec {in}>&- {out}<&-
	wait "${HOLD_PID[$name]}" 2>/dev/null
	unset "HOLD_PID[$name]" "HOLD_IN[$name]" "HOLD_OUT[$name]"
	return 0
}
