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

# A clean Debian SUITE with the headers of the kernel RELEASE and what compiles: $CACHE/chroot-SUITE-RELEASE.tar, made once.
# The packages that our own depend on are not in it: apt has to bring them, from the mirror that this machine uses.
# SOURCES: where apt finds that Debian, if it is not this machine's.
clean_system() {
	local suite=$1 release=$2 sources=${3:-} tar
	tar=$CACHE/chroot-$suite-$release.tar
	[ -e "$tar" ] || with_lock "$tar.lock" logged "$tar.log" "making a clean $suite with the headers of $release" \
		make_clean_system "$suite" "$release" "$tar" "$sources" || return 1
	printf '%s\n' "$tar"
}

make_clean_system() {
	[ ! -e "$3" ] || return 0
	mmdebstrap --variant=apt --mode=root --include="linux-headers-$2,make,gcc,systemd,systemd-sysv,udev,kmod,procps,iproute2" \
		"$1" "$3.tmp.tar" ${4:+"$4"} && mv "$3.tmp.tar" "$3"
}

# unpack_system TAR ROOT: that system, able to reach the mirror; its dpkg waits for no disk.
unpack_system() {
	mkdir -p "$2" && tar -C "$2" -xf "$1" && cp /etc/resolv.conf "$2/etc/resolv.conf" &&
		echo force-unsafe-io >"$2/etc/dpkg/dpkg.cfg.d/unsafe-io" || return 1
	cp -n /etc/apt/apt.conf.d/*prox* "$2/etc/apt/apt.conf.d/" 2>/dev/null || true
}

# with_root ROOT COMMAND...: in the system below ROOT, with namespaces of its own, so that nothing stays mounted or running.
with_root() {
	# shellcheck disable=SC2016  # for the inner shell
	DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root unshare --mount --pid --fork --kill-child bash -c '
		mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/run" || exit 1
		exec chroot "$0" "$@"' "$@"
}

in_root() {
	with_root "$ROOT" "$@"
}

# All there is but for what apt, dpkg and their caches keep for themselves, and the key that DKMS makes when it has none.
list_root() {
	(cd "$ROOT" && find . -xdev ! -path './var/lib/apt/*' ! -path './var/cache/*' ! -path './var/log/*' ! -path './tmp/*' \
		! -path './var/lib/dpkg/*' ! -path './packages/*' ! -path './root/*' \
		! -path './var/lib/dkms/mok.*' -printf '%y %p\n' | LC_ALL=C sort)
}
