#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What Kbuild says of a kernel that XTCP does not know: a line that names the thing and the header it was looked for in.
# The kernel is a folder with the headers that Kbuild looks into, taken from the installed ones, and one thing is taken
# away at a time. Nothing is compiled; make(1) reads Kbuild as kbuild would. TAP on stdout.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"
# shellcheck source=scripts/vm.d/qemu.sh
. "$TOP/scripts/vm.d/qemu.sh"
# shellcheck source=selftests/lib/is.sh
. "$TOP/selftests/lib/is.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
KERNEL_TREE=$WORK/kernel

# What Kbuild says, without the place in the file and the line's end; nothing when it finds all it needs.
kbuild_says() {
	make -f "$TOP/Kbuild" -n src="$TOP" srctree="$KERNEL_TREE" objtree="$KERNEL_TREE" 2>&1 |
		sed -n 's/^[^ ]*Kbuild:[0-9]*: \*\*\* *\(XTCP: .*\)$/\1/p' | sed 's/ *\. *Stop\.$//; s/  */ /g'
}

# Every (THING, HEADER, PATTERN) of $(call needs,...).
needs() {
	# shellcheck disable=SC2016  # make's variable
	sed -n 's/^\$(call needs,\([^,]*\),\([^,]*\),\(.*\))$/\1 \2 \3/p' "$TOP/Kbuild"
}

# The identifier by which a pattern knows its thing is the one of THING, which ends at the first other character.
identifier() {
	local word=${1#struct }
	printf '%s\n' "${word%%[^A-Za-z0-9_]*}"
}

printf 'TAP version 13\n'
qemu_debian_headers
SOURCE=$(sed -n 's,^include \(.*\)/Makefile$,\1,p' "$KERNEL_BUILD/Makefile")/include

is 'no headers at all' "$(kbuild_says)" "XTCP: there are no kernel headers in $KERNEL_TREE"

mkdir -p "$KERNEL_TREE/include/net"
cp "$SOURCE/net/sock.h" "$KERNEL_TREE/include/net/"
while read -r thing header; do
	mkdir -p "$KERNEL_TREE/include/$(dirname "$header")"
	cp "$SOURCE/$header" "$KERNEL_TREE/include/$header"
done < <(needs | sed 's/^struct /struct_/' | cut -d ' ' -f 1,2)
cp "$KERNEL_BUILD/Module.symvers" "$KERNEL_TREE/"
is 'a kernel that has all' "$(kbuild_says)" ''

# Each of them away, by another name.
while read -r thing header; do
	name=${thing/#struct_/struct }
	word=$(identifier "$name")
	sed -i "s/\\b$word\\b/another/g" "$KERNEL_TREE/include/$header"
	is "no $name" "$(kbuild_says)" \
		"XTCP: this kernel has no $name (<$header>): XTCP does not know it yet, see Documentation/kernels.rst"
	cp "$SOURCE/$header" "$KERNEL_TREE/include/$header"
done < <(needs | sed 's/^struct /struct_/' | cut -d ' ' -f 1,2)

# Symbols that modules may not use, one and two.
sed -i '/\tinet_csk_get_port\t/d' "$KERNEL_TREE/Module.symvers"
is 'a symbol is not exported' "$(kbuild_says)" "XTCP: this kernel does not let modules use inet_csk_get_port: \
XTCP does not know it yet, see Documentation/kernels.rst"
sed -i '/\tip6_xmit\t/d' "$KERNEL_TREE/Module.symvers"
is 'two symbols are not exported' "$(kbuild_says)" "XTCP: this kernel does not let modules use inet_csk_get_port ip6_xmit: \
XTCP does not know it yet, see Documentation/kernels.rst"
rm "$KERNEL_TREE/Module.symvers"
is 'a tree that was only prepared has no list of symbols' "$(kbuild_says)" ''

printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]
