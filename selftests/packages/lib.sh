# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# TAP, and a clean system to install into, for the tests of the packages. Sourced by run.sh, which sets TOP and CACHE.

# shellcheck source=selftests/lib/is.sh
. "$TOP/selftests/lib/is.sh"

# ok NAME COMMAND...: its output is shown if it fails.
ok() {
	local name=$1 output
	shift
	NUMBER=$((NUMBER + 1))
	if output=$("$@" 2>&1 </dev/null); then
		printf 'ok %d %s\n' "$NUMBER" "$name"
		return
	fi
	FAILED=$((FAILED + 1))
	printf 'not ok %d %s\n' "$NUMBER" "$name"
	tail -n 40 <<<"$output" | sed 's/^/# /'
}

plan() {
	printf '1..%d\n' "$NUMBER"
	[ "$FAILED" = 0 ]
}

# A clean Debian with the headers of the kernel RELEASE and what compiles: $CACHE/chroot-SUITE-RELEASE.tar, made once. The
# packages that our own depend on are not in it: apt has to bring them, from the mirror that this machine uses.
clean_system() {
	local suite release=$1 tar
	suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	tar=$CACHE/chroot-$suite-$release.tar
	[ -e "$tar" ] || with_lock "$tar.lock" logged "$tar.log" "making a clean $suite with the headers of $release" \
		make_clean_system "$suite" "$release" "$tar" || return 1
	printf '%s\n' "$tar"
}

make_clean_system() {
	[ ! -e "$3" ] || return 0
	mmdebstrap --variant=apt --mode=root --include="linux-headers-$2,make,gcc,systemd,systemd-sysv,udev,kmod,procps,iproute2" \
		"$1" "$3.tmp.tar" && mv "$3.tmp.tar" "$3"
}

# in_root COMMAND...: in the system below ROOT, with namespaces of its own, so that nothing stays mounted or running.
in_root() {
	# shellcheck disable=SC2016  # for the inner shell
	DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root unshare --mount --pid --fork --kill-child bash -c '
		mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/run" || exit 1
		exec chroot "$0" "$@"' "$ROOT" "$@"
}

# All there is but for what apt, dpkg and their caches keep for themselves.
list_root() {
	(cd "$ROOT" && find . -xdev ! -path './var/lib/apt/*' ! -path './var/cache/*' ! -path './var/log/*' ! -path './tmp/*' \
		! -path './var/lib/dpkg/*' ! -path './packages/*' ! -path './root/*' -printf '%y %p\n' | LC_ALL=C sort)
}
