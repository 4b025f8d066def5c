# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Building a module for the kernel that a backend prepared (KERNEL_ID, KERNEL_BUILD, KERNEL_MAKE; KERNEL_RUN: a command
# that runs make elsewhere). Sourced by scripts/vm and scripts/lint.
#
# kbuild writes beside the sources, so they are copied to build/LABEL/NAME/ and built there: the tree stays clean and the
# kernels do not disturb each other. Only files whose content changed are copied, so make builds only those.

# The name that the Kbuild of folder SOURCE gives its module.
module_name() {
	local name
	[ -e "$1/Kbuild" ] || {
		say "there is no module to build: $1/Kbuild is missing"
		return 1
	}
	name=$(sed -n 's/^obj-m *[:+]*= *\([A-Za-z0-9_-]*\)\.o.*/\1/p' "$1/Kbuild" | head -n 1)
	[ -n "$name" ] || {
		say "$1/Kbuild names no module (a line 'obj-m := NAME.o')"
		return 1
	}
	printf '%s\n' "$name"
}

module_files() {
	local source=$1
	local -a what=(.)
	[ "$source" != "$TOP" ] || what=(./Kbuild ./module ./include)
	(cd "$source" && find "${what[@]}" -type f \( -name Kbuild -o -name '*.[chS]' \) | LC_ALL=C sort)
}

module_key() {
	local source=$1
	printf '%s %s\n' "$KERNEL_ID" "${KERNEL_MAKE[*]}"
	(cd "$source" && module_files "$source" | xargs sha256sum)
}

module_copy() {
	local source=$1 dir=$2 file
	module_files "$source" >"$dir.files" || return 1
	while read -r file; do
		cmp -s "$source/$file" "$dir/$file" || {
			mkdir -p "$dir/${file%/*}" && cp "$source/$file" "$dir/$file" || return 1
		}
	done <"$dir.files"
	# Sources that are no longer there must not be found by an include.
	while read -r file; do
		grep -qxF "$file" "$dir.files" || rm -f "$dir/$file"
	done < <(cd "$dir" && find . -type f -name '*.[ch]' ! -name '*.mod.c')
}

module_build() {
	local source=$1 dir=$2 id="$KERNEL_ID ${KERNEL_MAKE[*]}"
	# Another kernel's objects are worth nothing.
	if [ "$(cat "$dir.kernel" 2>/dev/null)" != "$id" ]; then
		rm -rf "$dir"
		mkdir -p "$dir" && printf '%s\n' "$id" >"$dir.kernel" || return 1
	fi
	module_copy "$source" "$dir" || return 1
	${KERNEL_RUN[@]+"${KERNEL_RUN[@]}"} make -C "$KERNEL_BUILD" M="$dir" "${KERNEL_MAKE[@]}" -j"$JOBS" modules
}

# Runs under the lock: builds when anything changed, and copies the module before another call may replace it.
module_build_and_copy() {
	local source=$1 dir=$2 to=$3 key
	key=$(module_key "$source" | hash_stdin) || return 1
	if [ "$(cat "$dir.key" 2>/dev/null)" != "$key" ] || [ ! -e "$dir/${dir##*/}.ko" ]; then
		mkdir -p "$dir"
		rm -f "$dir.key"
		module_build "$source" "$dir" >"$dir.log" 2>&1 </dev/null || {
			grep -E '(error|warning|Error|undefined|No such|ERROR|No rule)' -A3 "$dir.log" | head -n 60 >&2 || true
			say "building the module failed; the whole log is $dir.log"
			return 1
		}
		printf '%s\n' "$key" >"$dir.key"
	fi
	[ -z "$to" ] || cp "$dir/${dir##*/}.ko" "$to"
}

# From here on modules are compiled by clang. The kernel remains gcc's, so what they share must be plain: no KASAN, whose
# redzones each compiler lays out by itself, and none of the thunks that clang does not know.
MODULE_CLANG=clang-14
module_clang() {
	[ -z "${KERNEL_RUN[*]-}" ] || {
		say "the compiler for '$KERNEL' is that of another root"
		return 1
	}
	need_program "$MODULE_CLANG" check
	# The options that the kernel's configuration found in gcc: what clang has by another name or not at all.
	KERNEL_MAKE+=("CC=$MODULE_CLANG" KCFLAGS=-Werror CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 CONFIG_CC_IS_CLANG=y
		CONFIG_CLANG_VERSION=140006 CONFIG_INIT_STACK_ALL_ZERO= CONFIG_RETHUNK= CONFIG_FTRACE_MCOUNT_USE_CC=
		CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough)
}

# module_prepare LABEL SOURCE [TO]: builds the module of folder SOURCE below build/LABEL, and copies it to TO.
module_prepare() {
	local label=$1 source=$2 to=${3:-} name
	name=$(module_name "$source") || return 1
	with_lock "$BUILD/$label/$name.lock" module_build_and_copy "$source" "$BUILD/$label/$name" "$to"
}
