#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages as a user has them: made on a fresh machine by the first commands of README.md, all of which work there;
# installed into a clean system, where DKMS builds the module; that system booted on the stock kernel in QEMU, where the
# module comes by itself in all the ways that it should; upgraded; removed and purged, which leaves nothing. TAP on
# stdout. `make check-packages`.
#
#   selftests/packages/run.sh [12|13]     the version of Debian; 12 is this machine's

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"
# shellcheck source=scripts/vm.d/qemu.sh
. "$TOP/scripts/vm.d/qemu.sh"
# shellcheck source=selftests/packages/lib.sh
. "$TOP/selftests/packages/lib.sh"

WORK=$BUILD/packages
ROOT=$WORK/root
OLD=$("$TOP/scripts/version")
NEW=$OLD+next1

printf 'TAP version 13\n'
need_program mmdebstrap packages
case ${1:-12} in
12)
	BED=debian SOURCES=
	SUITE=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	qemu_prepare debian || die "there is no stock kernel"
	;;
13)
	BED=debian-13 SUITE=trixie
	qemu_prepare 13 || die "there is no stock kernel of Debian 13"
	SOURCES=$(fetch_state 13)/sources.list
	;;
*) die "there are Debian 12 and 13, not '$1'" ;;
esac
TAR=$(clean_system "$SUITE" "$KERNEL_RELEASE" "$SOURCES") || die "there is no clean system to install into"
rm -rf --one-file-system "$WORK"

# A new user's machine: a clone of this tree, and an apt that asks nothing. It runs the kernel that it has headers of.
USER_ROOT=$WORK/user
new_user() {
	unpack_system "$TAR" "$USER_ROOT" && mkdir -p "$USER_ROOT/root/xtcp" "$USER_ROOT/usr/local/bin" || return 1
	(cd "$TOP" && git ls-files -co --exclude-standard | while read -r file; do [ ! -e "$file" ] || echo "$file"; done |
		tar -c -T - | tar -x -C "$USER_ROOT/root/xtcp") || return 1
	echo 'APT::Get::Assume-Yes "true";' >"$USER_ROOT/etc/apt/apt.conf.d/yes"
	printf '#!/bin/sh\n[ "$*" != -r ] || exec echo %s\nexec /bin/uname "$@"\n' "$KERNEL_RELEASE" >"$USER_ROOT/usr/local/bin/uname"
	chmod 755 "$USER_ROOT/usr/local/bin/uname"
	cp "$KERNEL_DIR/root/lib/modules/$KERNEL_RELEASE"/modules.{builtin*,order} "$USER_ROOT/lib/modules/$KERNEL_RELEASE/"
	# The commands of its first section, without what they say to it; those that need the kernel are the machine's.
	sed -n '/^## In five minutes/,/^## Should/s/^    \([^#]*[^# ]\).*/\1/p' "$TOP/README.md" >"$USER_ROOT/root/commands"
	sed '/^xtcp doctor/,$d' "$USER_ROOT/root/commands" >"$USER_ROOT/root/commands.host"
	sed -n '/^xtcp doctor/,$p' "$USER_ROOT/root/commands" >"$USER_ROOT/root/commands.machine"
}
new_user || die "there is no system for a new user"
is 'README: five commands or fewer' "$(($(wc -l <"$USER_ROOT/root/commands") <= 5))" 1
while read -r command; do
	ok "README: $command" with_root "$USER_ROOT" sh -c "cd /root/xtcp && $command"
done <"$USER_ROOT/root/commands.host"
ok 'packages of another version' with_root "$USER_ROOT" /root/xtcp/scripts/deb --version "$NEW" --no-lintian \
	--to /root/xtcp/build/next

# The clean system, the packages, and of the stock kernel's what depmod reads; its modules nobody needs here.
fill_root() {
	unpack_system "$TAR" "$ROOT" && mkdir -p "$ROOT/packages/next" &&
		cp "$USER_ROOT"/root/xtcp/build/deb/xtcp-{dkms,tools}_"$OLD"_*.deb "$ROOT/packages/" &&
		cp "$USER_ROOT"/root/xtcp/build/next/xtcp-{dkms,tools}_"$NEW"_*.deb "$ROOT/packages/next/" &&
		cp "$KERNEL_DIR/root/lib/modules/$KERNEL_RELEASE"/modules.{builtin*,order} "$ROOT/lib/modules/$KERNEL_RELEASE/"
}
fill_root || die "there is no system to install into"
# Compressed, if the kernel's own are.
module() {
	modinfo -F "$1" "$ROOT/lib/modules/$KERNEL_RELEASE/updates/dkms"/xtcp.ko*
}

# What is depended on comes first, so that what is there before can be compared with what is there after.
# shellcheck disable=SC2016  # for the inner shell
ok 'dependencies are in the distribution' in_root sh -c 'apt-get -q update && apt-get -q -y install --no-install-recommends \
	$(for p in packages/*.deb; do dpkg-deb -f $p Depends; done | tr , "\n" | sed "s/[ (|].*//; /^ *$/d" | sort -u)'
in_root depmod "$KERNEL_RELEASE"
list_root >"$WORK/before"

ok 'install' in_root sh -c 'apt-get -q -y install --no-install-recommends /packages/*.deb'
is 'DKMS: built and installed' "$(in_root dkms status xtcp)" \
	"xtcp/$OLD, $KERNEL_RELEASE, $(uname -m): installed"
is 'module: its version' "$(module version)" "$OLD"
is 'module: for that kernel' "$(module vermagic | cut -d' ' -f1)" "$KERNEL_RELEASE"
for alias in net-pf-18 net-pf-2-proto-253-type-1 net-pf-10-proto-253-type-1 tcp_xtcp net-pf-16-proto-16-family-xtcp; do
	is "module: alias $alias" "$(in_root modprobe -n -S "$KERNEL_RELEASE" -R "$alias")" xtcp
done
is 'tools: their version' "$(in_root xtcp -V)" "xtcp $OLD"
ok 'tools: the manual is found' test -e "$ROOT/usr/share/man/man8/xtcp.8.gz"
# shellcheck disable=SC2016
ok 'tools: the completion completes' in_root bash -c '. /usr/share/bash-completion/completions/xtcp &&
	COMP_WORDS=(xtcp doc) COMP_CWORD=1 && _xtcp && [ "${COMPREPLY[*]}" = doctor ]'
is 'doctor: nothing stands in the way' \
	"$(in_root xtcp doctor kernel "$KERNEL_RELEASE" >"$WORK/doctor.log" 2>&1; echo $?)" 0
sed 's/^/# /' "$WORK/doctor.log"

# The system as it is now, on the stock kernel. Its own TAP is counted here.
"$TOP/scripts/vm" --kernel "$BED" --no-module --timeout 2400 -- "$TOP/selftests/packages/guest.sh" "$ROOT" "$OLD" "$USER_ROOT" \
	>"$WORK/guest.tap" 2>"$WORK/guest.err"
STATUS=$?
while read -r line; do
	case $line in
	'ok '*) is "machine: $(cut -d' ' -f3- <<<"$line")" y y ;;
	'not ok '*) is "machine: $(cut -d' ' -f4- <<<"$line")" failed ok ;;
	*) printf '# %s\n' "$line" ;;
	esac
done <"$WORK/guest.tap"
[ "$STATUS" = 0 ] || sed 's/^/# /' "$WORK/guest.err"
is 'machine: all went through' "$STATUS $(grep -c '^1\.\.' "$WORK/guest.tap")" '0 1'

ok 'upgrade' in_root sh -c 'apt-get -q -y install --no-install-recommends /packages/next/*.deb'
is 'upgrade: DKMS has the new one only' "$(in_root dkms status xtcp)" \
	"xtcp/$NEW, $KERNEL_RELEASE, $(uname -m): installed"
is 'upgrade: module' "$(module version)" "$NEW"
is 'upgrade: tools' "$(in_root xtcp -V)" "xtcp $NEW"
is 'upgrade: one set of sources' "$(cd "$ROOT/usr/src" && echo xtcp-*)" "xtcp-$NEW"

echo '# somebody was here' >>"$ROOT/etc/modprobe.d/xtcp.conf"
ok 'remove' in_root apt-get -q -y remove xtcp-dkms xtcp-tools
is 'remove: no module' "$(find "$ROOT/lib/modules" -name 'xtcp*')" ''
is 'remove: what was changed stays' "$(grep -c "somebody was here" "$ROOT/etc/modprobe.d/xtcp.conf")" 1
ok 'purge' in_root apt-get -q -y purge xtcp-dkms xtcp-tools
list_root >"$WORK/after"
is 'purge: nothing is left' "$(diff "$WORK/before" "$WORK/after")" ''
plan
