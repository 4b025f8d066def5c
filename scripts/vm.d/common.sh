# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034  # variables are for the scripts that source this
# What scripts/vm, scripts/setup, scripts/lint and scripts/check share: where things lie, how they report, how they lock.
# Sourced, never run. Defines TOP, CACHE and BUILD.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/xtcp
BUILD=$TOP/build
JOBS=$(nproc)

ME=${0##*/}

say() {
	printf '%s: %s\n' "$ME" "$*" >&2
}

die() {
	say "$*"
	exit "${EXIT_BED:-1}"
}

# A short key of everything on stdin.
hash_stdin() {
	local sum
	sum=$(sha256sum)
	printf '%s\n' "${sum:0:12}"
}

# Runs a command under an exclusive lock, so that two calls never build the same thing at the same time.
with_lock() {
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	# The command's children must not inherit the lock: a background process would keep it.
	(
		flock 9
		"$@" 9>&-
	) 9>"$file"
}

# Long work speaks once on stderr and keeps its output in a log, whose end is shown when it fails.
logged() {
	local log=$1 what=$2 begin=$SECONDS
	shift 2
	say "$what (log: $log)"
	mkdir -p "$(dirname "$log")"
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 30 "$log" >&2
		say "$what: FAILED; the whole log is $log"
		return 1
	fi
	say "$what: done in $((SECONDS - begin)) s"
}

need_program() {
	command -v "$1" >/dev/null || die "'$1' is not installed; run scripts/setup $2"
}

# The Debian linux-source package, unpacked and patched once: kernels are built from it, lint takes checkpatch from it.
# That of 6.1 is installed; newer ones are fetched (fetch.sh), since not every Debian has them.
linux_source_tar() {
	case $1 in
	6.1) printf '/usr/src/linux-source-%s.tar.xz\n' "$1" ;;
	*) printf '%s/linux-source-%s.tar.xz\n' "$(fetch_source_dir "$1")" "$1" ;;
	esac
}

# The patches were written for 6.1; newer kernels take them as they are, and VERSION may have some of its own.
linux_source_patches() {
	printf '%s\n' "$TOP"/scripts/uml/6.1-*.patch
	[ "$1" = 6.1 ] || find "$TOP/scripts/uml" -name "$1-*.patch" | LC_ALL=C sort
}

linux_source_key() {
	local package=linux-source-$1
	case $1 in
	6.1)
		dpkg-query -W -f '${Version}\n' "$package" 2>/dev/null ||
			die "the package $package is not installed; run scripts/setup check"
		;;
	*) cat "$(fetch_source_dir "$1")/version" ;;
	esac
	linux_source_patches "$1" | xargs cat
}

linux_source_unpack() {
	local version=$1 dir=$2 tmp patch
	[ ! -e "$dir/.unpacked" ] || return 0
	# In steps joined by &&, since a function called in a condition runs without errexit.
	tmp=$(mktemp -d "$CACHE/unpack.XXXXXX") &&
		tar -C "$tmp" --strip-components=1 -xf "$(linux_source_tar "$version")" || return 1
	while read -r patch; do
		patch -d "$tmp" -p1 --no-backup-if-mismatch <"$patch" || return 1
	done < <(linux_source_patches "$version")
	touch "$tmp/.unpacked" && rm -rf "$dir" && mv "$tmp" "$dir"
}

# The rest of this file's family is used by functions here.
# shellcheck source=scripts/vm.d/fetch.sh
. "$TOP/scripts/vm.d/fetch.sh"

# Prints the folder of the unpacked source of kernel VERSION (6.1, ...).
linux_source() {
	local version=$1 key dir
	key=$(linux_source_key "$version" | hash_stdin)
	dir=$CACHE/linux-$version-$key
	if [ ! -e "$dir/.unpacked" ]; then
		mkdir -p "$CACHE"
		with_lock "$dir.lock" logged "$dir.log" "unpacking the source of Linux $version" \
			linux_source_unpack "$version" "$dir" || return 1
	fi
	printf '%s\n' "$dir"
}
