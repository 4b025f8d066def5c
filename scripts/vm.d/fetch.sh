# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Kernels that are not this machine's own: where Debian has them, and fetching them into the cache. Nothing is installed.
# Sourced by scripts/vm, scripts/setup and scripts/check, after common.sh.
#
# A kernel that the configured suites carry is taken from there. One that only a newer Debian has is read from that
# suite at the very mirror that apt is configured with, by an apt with a state of its own below the cache, which leaves
# the machine's alone. What was fetched stays in use until the cache is removed, whatever appears at the mirror.

FETCH_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# VERSION is 6.12, 7.2; 13: that of Debian 13, built by its own compiler; or arm64: this machine's, for an arm64.

# The suites that carry kernel VERSION and the compiler its headers ask for; nothing: the configured ones.
fetch_suites() {
	case $1 in
	arm64) fetch_own_suites | cut -d ' ' -f 1 ;;
	7.2) printf 'trixie trixie-backports\n' ;;
	13) printf 'trixie\n' ;;
	esac
}

# The version of Linux that kernel VERSION has.
fetch_linux() {
	case $1 in
	13) printf '6.12\n' ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# The suites of Debian that apt reads, and where each is.
fetch_own_suites() {
	# shellcheck disable=SC2016  # apt's variables
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sort -u |
		sed -n -E '/^(bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)[^ ]* /p'
}

# The mirror of Debian that apt reads.
fetch_mirror() {
	fetch_own_suites | sed -n -E 's/^[^ -]+ //p' | head -n 1
}

# Lines for sources.list that bring kernel VERSION.
fetch_sources() {
	local suite
	if [ "$1" = arm64 ]; then
		fetch_own_suites | sed -E "s,([^ ]+) (.*),deb [arch=arm64 signed-by=$FETCH_KEYRING] \2 \1 main,"
		return
	fi
	for suite in $(fetch_suites "$1"); do
		printf 'deb [signed-by=%s] %s %s main\n' "$FETCH_KEYRING" "$(fetch_mirror)" "$suite"
	done
}

fetch_state() {
	printf '%s/apt-%s\n' "$CACHE" "$1"
}

# Sets APT, the options for apt-get and apt-cache that make them see kernel VERSION.
fetch_apt() {
	local state
	APT=(-q -o APT::Sandbox::User=root)
	[ -n "$(fetch_suites "$1")" ] || return 0
	state=$(fetch_state "$1")
	APT+=(-o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State=$state/state" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache")
	[ "$1" != arm64 ] || APT+=(-o APT::Architecture=arm64 -o APT::Architectures::=arm64)
	mkdir -p "$state/state/lists/partial" "$state/cache/archives/partial" && : >"$state/status" || return 1
	[ -e "$state/sources.list" ] || fetch_sources "$1" >"$state/sources.list"
}

fetch_update() {
	fetch_apt "$1" && apt-get "${APT[@]}" update
}

# Downloads packages for kernel VERSION into the current folder.
fetch_download() {
	local version=$1
	shift
	fetch_apt "$version" || return 1
	apt-get "${APT[@]}" download "$@" || {
		# The lists may be missing, or older than the mirror.
		fetch_update "$version" && apt-get "${APT[@]}" download "$@"
	}
}

# Prints the newest release of the stock kernel VERSION: 6.12.117+deb12-amd64.
fetch_newest() {
	local linux arch
	linux=$(fetch_linux "$1")
	arch=$(dpkg --print-architecture)
	fetch_apt "$1" || return 1
	apt-cache "${APT[@]}" pkgnames "linux-headers-$linux." |
		sed -n -E "s/^linux-headers-(${linux//./\\.}\.[0-9]+\+deb[0-9]+-$arch)\$/\1/p" | sort -V | tail -n 1
}

# --- Source ----------------------------------------------------------------------------------------------------------

# Where the packed source of kernel VERSION lies, and a file that says which it is.
fetch_source_dir() {
	printf '%s/source-%s\n' "$CACHE" "$1"
}

fetch_source_now() {
	local version=$1 dir tmp
	dir=$(fetch_source_dir "$version")
	[ ! -e "$dir/version" ] || return 0
	tmp=$(mktemp -d "$CACHE/fetch.XXXXXX") && cd "$tmp" || return 1
	fetch_download "$version" "linux-source-$version" &&
		dpkg-deb -f linux-source-*.deb Version >version &&
		dpkg-deb --fsys-tarfile linux-source-*.deb |
		tar -x --strip-components=3 --wildcards './usr/src/*.tar.xz' &&
		rm linux-source-*.deb && rm -rf "$dir" && mv "$tmp" "$dir"
}

fetch_source() {
	local dir
	dir=$(fetch_source_dir "$1")
	[ -e "$dir/version" ] || with_lock "$dir.lock" logged "$dir.log" "fetching the source of Linux $1" \
		fetch_source_now "$1"
}

# --- Stock kernels ---------------------------------------------------------------------------------------------------

# Prints the release of the stock kernel VERSION in use; the newest there is when none has been fetched.
fetch_release() {
	local file=$CACHE/debian-$1.release newest
	if [ ! -e "$file" ]; then
		newest=$(fetch_newest "$1")
		[ -n "$newest" ] || { fetch_update "$1" >"$CACHE/debian-$1.log" 2>&1 && newest=$(fetch_newest "$1"); } || return 1
		[ -n "$newest" ] || return 1
		printf '%s\n' "$newest" >"$file"
	fi
	cat "$file"
}

# The headers' Makefile and links name where they would be installed.
fetch_relocate() {
	local root=$1 file
	for file in "$root"/usr/src/linux-headers-*/Makefile; do
		sed -i "s,^include /usr/src/,include $root/usr/src/," "$file" || return 1
	done
}

# Headers (for 6.12: all that building a module takes) of the stock kernel VERSION, RELEASE, into DIR/headers.
fetch_headers_now() {
	local version=$1 release=$2 dir=$3 base
	[ ! -e "$dir/.headers" ] || return 0
	base=${release%-*}
	rm -rf "$dir/headers" "$dir/deb" && mkdir -p "$dir/headers" "$dir/deb" && cd "$dir/deb" || return 1
	fetch_download "$version" "linux-headers-$release" "linux-headers-$base-common" "linux-kbuild-$base" || return 1
	for deb in ./*.deb; do
		dpkg-deb -x "$deb" "$dir/headers" || return 1
	done
	fetch_relocate "$dir/headers" && cd / && rm -rf "$dir/deb" && touch "$dir/.headers"
}

# The image and its modules, as one package or as three; the newer ones have the image beside the modules.
fetch_image_now() {
	local version=$1 release=$2 dir=$3 deb
	rm -rf "$dir/deb" "$dir/root" && mkdir -p "$dir/deb" && cd "$dir/deb" || return 1
	fetch_apt "$version" || return 1
	if apt-cache "${APT[@]}" pkgnames "linux-modules-$release" | grep -qx "linux-modules-$release"; then
		fetch_download "$version" "linux-base-$release" "linux-binary-$release" "linux-modules-$release" || return 1
	else
		fetch_download "$version" "linux-image-$release" || return 1
	fi
	for deb in ./*.deb; do
		dpkg-deb -x "$deb" "$dir/root" || return 1
	done
	cd / && rm -rf "$dir/deb"
	# Packages of Debian 13 and later name /usr.
	[ -e "$dir/root/lib" ] || ln -s usr/lib "$dir/root/lib" || return 1
	if [ ! -e "$dir/root/boot" ]; then
		mkdir "$dir/root/boot" &&
			ln -s "../lib/modules/$release/vmlinuz" "$dir/root/boot/vmlinuz-$release" || return 1
	fi
}

# --- Another Debian's root -------------------------------------------------------------------------------------------

# Headers of the stock kernel VERSION, RELEASE, with the compiler that they ask for, in a root of their own.
fetch_chroot() {
	local version=$1 release=$2 root=$3 state
	state=$(fetch_state "$version")
	fetch_apt "$version" && rm -rf "$root" && mmdebstrap --quiet --mode=root --variant=essential \
		--include="linux-headers-$release,make,gcc-14,binutils" --aptopt='APT::Install-Recommends "false"' \
		"$(fetch_suites "$version" | cut -d ' ' -f 1)" "$root" "$state/sources.list" &&
		rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/usr/share/{doc,man,locale}
}
