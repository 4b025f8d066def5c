# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The first root of a guest: vm.d/init.c and, for kernels that need them, modules. Sourced by the backends.

initramfs_make() {
	local file=$1 root module
	shift
	root=$(mktemp -d "$CACHE/initramfs.XXXXXX") || return 1
	mkdir -p "$root/lib" "$root/dev" "$root/new" &&
		gcc -static -O2 -Wall -Wextra -o "$root/init" "$TOP/scripts/vm.d/init.c" &&
		# The kernel opens it for process 1 before anything is mounted.
		mknod -m 600 "$root/dev/console" c 5 1 || return 1
	for module in "$@"; do
		initramfs_module "$module" "$root/lib" >>"$root/modules" || return 1
	done
	(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$file.tmp.$$" &&
		mv "$file.tmp.$$" "$file" && rm -rf "$root"
}

# Some kernels' modules are compressed; init hands them to the kernel as they are.
initramfs_module() {
	local name=${1##*/}
	case $1 in
	*.xz)
		name=${name%.xz}
		xz -dc "$1" >"$2/$name"
		;;
	*) cp "$1" "$2/$name" ;;
	esac && printf '%s\n' "$name"
}

# Prints the file PREFIX-KEY with the modules given, in the order of loading.
initramfs() {
	local prefix=$1 key
	shift
	key=$({
		printf '%s\n' "$@"
		cat "$TOP/scripts/vm.d/init.c"
	} | hash_stdin)
	[ -e "$prefix-$key.cpio" ] || {
		mkdir -p "$CACHE"
		initramfs_make "$prefix-$key.cpio" "$@" || return 1
	}
	printf '%s\n' "$prefix-$key.cpio"
}
