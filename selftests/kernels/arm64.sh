#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# XTCP on arm64: the module cross-compiled with the headers of Debian's arm64 kernel, warnings as errors, loaded by that
# kernel in QEMU, and data there and back (arm64_init.c). TAP on stdout.
#
# The kernel is that of the installed linux-headers-amd64, for the other machine, so that what its headers share is there.
# It is unpacked into the cache.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"
# shellcheck source=scripts/vm.d/module.sh
. "$TOP/scripts/vm.d/module.sh"
# shellcheck source=scripts/vm.d/qemu.sh
. "$TOP/scripts/vm.d/qemu.sh"
# shellcheck source=scripts/vm.d/judge.sh
. "$TOP/scripts/vm.d/judge.sh"

CROSS=aarch64-linux-gnu-
TIMEOUT=${TIMEOUT:-300}

# Kernel and headers RELEASE of VERSION into DIR; what the headers refer to is installed here.
fetch_kernel() {
	local release=$1 version=$2 dir=$3 deb
	[ ! -e "$dir/.ready" ] || return 0
	rm -rf "$dir" && mkdir -p "$dir/deb" "$dir/usr/lib" && cd "$dir/deb" || return 1
	fetch_download arm64 "linux-headers-$release=$version" "linux-image-$release=$version" || return 1
	dpkg-deb -x linux-headers-*.deb "$dir" && dpkg-deb --fsys-tarfile linux-image-*.deb |
		tar -x -C "$dir" "./boot/vmlinuz-$release" || return 1
	ln -s "/usr/lib/linux-kbuild-${release%%.0-*}" "$dir/usr/lib/" && cd / && rm -rf "$dir/deb" && touch "$dir/.ready"
}

build_initramfs() {
	local root=$RUN/root
	mkdir -p "$root/dev" && cp "$RUN/xtcp.ko" "$root/" && mknod -m 600 "$root/dev/console" c 5 1 &&
		"${CROSS}gcc" -static -O2 -Wall -Wextra -Werror -idirafter "$TOP/include/uapi" -o "$root/init" \
			"$TOP/selftests/kernels/arm64_init.c" && "${CROSS}strip" --strip-debug "$root/xtcp.ko" &&
		(cd "$root" && find . | cpio --quiet -o -H newc) >"$RUN/initramfs"
}

need_program "${CROSS}gcc" arm64
need_program qemu-system-aarch64 arm64
qemu_debian_headers
RELEASE=${KERNEL_RELEASE%-amd64}-arm64
KERNEL_DIR=$CACHE/arm64-$RELEASE-$KERNEL_VERSION
[ -e "$KERNEL_DIR/.ready" ] || with_lock "$KERNEL_DIR.lock" logged "$KERNEL_DIR.log" "fetching Debian's kernel $RELEASE" \
	fetch_kernel "$RELEASE" "$KERNEL_VERSION" "$KERNEL_DIR" || die "there is no kernel $RELEASE $KERNEL_VERSION"

mkdir -p "$BUILD/vm"
RUN=$(mktemp -d "$BUILD/vm/arm64.XXXXXX")
trap 'rm -rf "$RUN"' EXIT
KERNEL_ID=$RELEASE-$KERNEL_VERSION
KERNEL_BUILD=$KERNEL_DIR/usr/src/linux-headers-$RELEASE
KERNEL_MAKE+=(ARCH=arm64 "CROSS_COMPILE=$CROSS" KCFLAGS=-Werror)
module_prepare arm64 "$TOP" "$RUN/xtcp.ko" || die "the module for arm64 could not be built"
build_initramfs || die "the initramfs could not be made"

timeout -s KILL "$TIMEOUT" qemu-system-aarch64 -machine virt -cpu cortex-a57 -smp 2 -m 512 -nodefaults -no-user-config \
	-no-reboot -display none -serial "file:$RUN/console" -kernel "$KERNEL_DIR/boot/vmlinuz-$RELEASE" \
	-initrd "$RUN/initramfs" -append "console=ttyAMA0 rdinit=/init panic=-1 quiet audit=0" </dev/null
STATUS=$?
tr -d '\r' <"$RUN/console" >"$RUN/log"
cp "$RUN/log" "$BUILD/vm/arm64.log"
sed -n '/^xtcp-vm: begin/,/^xtcp-vm: end/{/^xtcp-vm:/d;p}' "$RUN/log"
SPLAT=$(judge_log "$RUN/log")
[ -z "$SPLAT" ] || die "the kernel reported: $SPLAT"
[ "$STATUS" = 0 ] || die "the machine ended with $STATUS (137: not within $TIMEOUT s); its console is $BUILD/vm/arm64.log"
grep -qx 'xtcp-vm: end 0' "$RUN/log" || die "not all went through; the console is $BUILD/vm/arm64.log"
