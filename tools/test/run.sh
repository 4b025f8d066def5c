#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of xtcp-run and its library on the host, without a kernel that has XTCP: fake-xtcp.c plays it. TAP on stdout.
# usage: tools/test/run.sh FOLDER-WITH-THE-PROGRAMS        (make -C tools check)

set -euo pipefail
shopt -s extglob

BIN=$(cd "$1" && pwd -P)
RUN=$BIN/xtcp-run
OURS=$BIN/libxtcp-preload.so
FAKE=$BIN/test/libfake-xtcp.so
OPEN=$BIN/test/open-sockets
STATIC=$BIN/test/open-sockets-static

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# shellcheck source=selftests/lib/is.sh
. "$(dirname "$0")/../../selftests/lib/is.sh"

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
is 'launcher: help' "$("$RUN" --help | head -n 1)" 'usage: xtcp-run [--require] [--verbose] [--how=WAY] PROGRAM [ARG...]'

# How a program is reached.
way() {
	LD_PRELOAD=$FAKE "$RUN" -v "$@" 2>&1 >/dev/null | sed -n "s/^xtcp-run: by \([a-z]*\): '[^']*' is /\1, /p"
}
printf '#!%s 2 1 0\n' "$STATIC" >"$WORK/script"
printf '#!%s\n' "$WORK/script" >"$WORK/script-of-script"
printf 'nothing to run\n' >"$WORK/odd"
cp "$STATIC" "$WORK/damaged"
printf 'broken' | dd of="$WORK/damaged" bs=1 seek=32 conv=notrunc 2>/dev/null
chmod +x "$WORK/script" "$WORK/script-of-script" "$WORK/odd"
# The note of Go's linker, behind another in the same segment.
gcc -x c -Wl,--build-id -o "$WORK/go" - <<'EOF'
__asm__(".pushsection .note.go.buildid, \"a\", @note; .long 4, 4, 4; .ascii \"Go\\0\\0none\"; .popsection");
int main(void) { return 0; }
EOF
is 'way: dynamic' "$(way "$OPEN")" 'preload, dynamically linked'
is 'way: static' "$(way "$STATIC")" 'seccomp, statically linked'
is 'way: Go' "$(way "$WORK/go")" 'seccomp, written in Go'
is 'way: a script of a static program' "$(way "$WORK/script-of-script")" 'seccomp, statically linked'
is 'way: neither' "$(way "$WORK/odd")" 'preload, neither a 64-bit program nor a script'
# execvp() has the shell read it as a script, and what looks like "> name" in it makes a file where it runs
is 'way: a damaged program' "$(cd "$WORK" && way "$WORK/damaged")" 'preload, neither a 64-bit program nor a script'
is 'way: forced' "$(way --how=seccomp "$OPEN")" 'seccomp, asked for'
is 'way: unknown' "$(LD_PRELOAD=$FAKE "$RUN" --how=magic true 2>/dev/null || echo $?)" 125

# seccomp: what the helper says each socket became, without process ids; then what the program printed.
helped() {
	# Through a pipe, whose end is the helper's end, too: it may say its last word after the program's.
	env LD_PRELOAD="$FAKE" "$RUN" -v "$@" 2>&1 >"$WORK/out" | sed -n 's/^xtcp-run: process [0-9]*: //p' | paste -sd ';'
	paste -sd ';' "$WORK/out"
}
is 'seccomp: TCP becomes XTCP, nothing else' "$(helped "$STATIC" 2 1 0 10 526337 6 2 2 0 1 1 0 2 1 262 18 1 0)" \
	'a socket (IPv4) is XTCP;a socket (IPv6) is XTCP
ok 0;ok 0;ok 0;ok 0;'"$("$STATIC" 2 1 262 18 1 0 | paste -sd ';')"
is 'seccomp: children too, forced' "$(helped --how=seccomp sh -c "$STATIC 2 1 0; $OPEN 10 1 0")" \
	'a socket (IPv4) is XTCP;a socket (IPv6) is XTCP
ok 0;ok 0'
is 'seccomp: exit status' "$(LD_PRELOAD=$FAKE "$RUN" --how=seccomp sh -c 'exit 7' || echo $?)" 7
# shellcheck disable=SC2016  # for the inner shell
is 'seccomp: the same process, no child of it' \
	"$(LD_PRELOAD=$FAKE "$RUN" --how=seccomp sh -c 'echo $(pgrep -c -P $$ xtcp-run)')" 0
is 'seccomp: the flags stay' "$(LD_PRELOAD=$FAKE "$RUN" --how=seccomp python3 -c '
import fcntl, socket
for flags in (0, socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM | flags)
    import ctypes
    fd = ctypes.CDLL(None).socket(2, 1 | flags, 0)
    print(fcntl.fcntl(fd, fcntl.F_GETFD), bool(fcntl.fcntl(fd, fcntl.F_GETFL) & 2048))
' | paste -sd ';')" '0 False;1 True'
is 'seccomp: too many files is its own error' \
	"$(LD_PRELOAD=$FAKE "$RUN" --how=seccomp sh -c "ulimit -n 3; $STATIC 2 1 0")" 'error 24'
is 'seccomp: two in a row' "$(LD_PRELOAD=$FAKE "$RUN" --how=seccomp "$RUN" --how=seccomp true 2>&1 >/dev/null || echo $?)" \
	"xtcp-run: seccomp: Device or resource busy (something else answers this process's calls already)
125"
# It keeps its end of stderr open for as long as it lives.
is 'seccomp: the helper ends with the program' \
	"$(LD_PRELOAD=$FAKE "$RUN" -v --how=seccomp "$STATIC" 2 1 0 2>&1 >/dev/null | timeout 20 cat >/dev/null && echo gone)" gone

# Units of systemd: systemctl(1) is played by a script that prints a unit.
mkdir -p "$WORK/bin" "$WORK/root/etc"
cat >"$WORK/bin/systemctl" <<'END'
#!/bin/sh
for last; do :; done
case $last in
daemon-reload) exit 0 ;;
web.service)
	cat <<'UNIT'
# /lib/systemd/system/web.service
[Unit]
ExecStart=not this one
[Service]
ExecStart=/usr/bin/forgotten
ExecStart=
ExecStartPre=/bin/true
ExecStart=-/usr/sbin/web -g \
	'daemon on;' %i
ExecStart=+/usr/bin/second $OPTIONS
[Install]
ExecStart=nor this
UNIT
	;;
at.service) printf '[Service]\nExecStart=@/bin/sh other\n' ;;
empty.service) printf '[Service]\nType=oneshot\n' ;;
*) exit 1 ;;
esac
END
chmod +x "$WORK/bin/systemctl"
unit() {
	PATH="$WORK/bin:$PATH" "$RUN" --root="$WORK/root" "$@" >"$WORK/out" 2>"$WORK/err" || echo "status $?"
}
DROP=$WORK/root/etc/systemd/system/web.service.d/xtcp.conf
unit --require enable web >/dev/null
is 'enable: the drop-in' "$(grep -v '^#' "$DROP")" "[Service]
ExecStart=
ExecStart=-$RUN --require /usr/sbin/web -g  	'daemon on;' %i
ExecStart=+$RUN --require /usr/bin/second \$OPTIONS"
unit --how=seccomp enable web.service >/dev/null
is 'enable: again, with other options' "$(grep -c -- '--how=seccomp /usr' "$DROP")" 2
unit disable web >/dev/null
is 'disable: nothing is left' "$(find "$WORK/root" -name '*web*')" ''
is 'disable: not enabled' "$(unit disable web)" 'status 125'
is 'enable: no such unit' "$(unit enable nowhere)" 'status 125'
is 'enable: nothing to start' "$(unit enable empty)" 'status 125'
is 'enable: argv[0] of its own' "$(unit enable at; find "$WORK/root" -name '*at*conf')" 'status 125'
for name in ../evil 'a b' -x x.socket; do
	is "enable: not a name: $name" "$(unit enable "$name")" 'status 125'
done

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

# xtcp(8), in the same count.
for more in words doctor; do
	PLAN=
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			NUMBER=$((NUMBER + 1))
			[[ $line == ok* ]] || FAILED=$((FAILED + 1))
			line=${line/ok +([0-9])/ok $NUMBER}
			;;
		1..*)
			PLAN=$line
			continue
			;;
		esac
		printf '%s\n' "$line"
	done < <("$(dirname "$0")/$more.sh" "$BIN")
	is "xtcp: all tests of $more ran" "${PLAN:+yes}" yes
done

printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]
