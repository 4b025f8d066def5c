#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What can be said of the packages without installing them: they are built and lintian has nothing to say; `make install`
# into a folder and `make uninstall`; the files of /etc; signing; the pages as HTML. TAP on stdout. A stage of make check.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"
# shellcheck source=selftests/packages/lib.sh
. "$TOP/selftests/packages/lib.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
DEST=$WORK/dest
RELEASE=6.1.0-99-amd64
VERSION=$("$TOP/scripts/version")

printf 'TAP version 13\n'
cd "$TOP" || exit 1
# The module of the stock kernel's bed, which other stages build too.
KO=$(scripts/module) || die "there is no module"

ok 'packages are built, lintian has nothing to say' scripts/deb
is 'packages: three of them' "$(cd "$BUILD/deb" && echo xtcp-*_"$VERSION"_*.deb | tr ' ' '\n' | sed 's/_.*//' | LC_ALL=C sort | paste -sd' ')" \
	'xtcp-dkms xtcp-tools xtcp-tools-dbgsym'
is 'packages: no two have the same file' "$(for p in dkms tools; do dpkg-deb -c "$BUILD"/deb/xtcp-${p}_"$VERSION"_*.deb; done |
	awk '$1 !~ /^d/ { print $6 }' | sort | uniq -d)" ''
is 'packages: the sources are all that Kbuild takes' \
	"$(dpkg-deb -c "$BUILD"/deb/xtcp-dkms_"$VERSION"_all.deb | sed -n "s,.* \./usr/src/xtcp-$VERSION/\(.*[^/]\)$,\1,p" | sort)" \
	"$({ find Kbuild module include -type f \( -name Kbuild -o -name '*.[chS]' -o -name '*.sh' \) && echo dkms.conf; } | sort)"
is 'packages: dkms.conf has the version' "$(dpkg-deb --fsys-tarfile "$BUILD"/deb/xtcp-dkms_"$VERSION"_all.deb |
	tar -xO "./usr/src/xtcp-$VERSION/dkms.conf" | grep -c "^PACKAGE_VERSION=\"$VERSION\"$")" 1

# make install, twice, and what it brought goes again.
for what in install install-dkms; do
	ok "make $what" make -s $what DESTDIR="$DEST" RELEASE=$RELEASE KO="$KO"
	find "$DEST" -type f -printf '%P\n' | sort >"$WORK/$what"
	ok "make $what again" make -s $what DESTDIR="$DEST" RELEASE=$RELEASE KO="$KO"
	is "make $what again: nothing new" "$(find "$DEST" -type f -printf '%P\n' | sort | diff "$WORK/$what" -)" ''
	case $what in
	install) wanted="lib/modules/$RELEASE/updates/xtcp.ko" ;;
	*) wanted="usr/src/xtcp-$VERSION/dkms.conf" ;;
	esac
	for file in "$wanted" etc/{modprobe,modules-load,sysctl}.d/xtcp.conf usr/local/{bin/xtcp-run,sbin/xtcp} \
		usr/local/lib/{xtcp/libxtcp-preload.so,udev/rules.d/60-xtcp.rules} usr/local/share/man/man{7/af_xtcp.7,8/xtcp-doctor.8} \
		usr/local/share/bash-completion/completions/xtcp usr/local/include/linux/xtcp.h; do
		grep -qxF "$file" "$WORK/$what" || is "make $what: $file" 'not there' there
	done
	echo '# changed' >>"$DEST/etc/sysctl.d/xtcp.conf"
	ok "make un$what" make -s un$what DESTDIR="$DEST" RELEASE=$RELEASE
	is "make un$what: only what was changed stays" "$(find "$DEST" -type f -printf '%P\n')" etc/sysctl.d/xtcp.conf
	rm -rf "$DEST"
done

# The files of /etc: comments as they come, and true when they are none.
is 'etc: nothing but comments' "$(grep -hEv '^(#|$)' packaging/etc/*/xtcp.conf)" ''
make -s -C packaging install-config DESTDIR="$DEST" PREFIX=/usr >/dev/null
sed -Ei 's/^#(-?net|options|xtcp$)/\1/' "$DEST"/etc/*/xtcp.conf
is 'etc: sysctl.d names what there is' \
	"$("$BUILD/tools/xtcp" -o doctor root "$DEST" kernel $RELEASE | grep -E '^(fault|warning) *(sysctl|blacklist)' | grep -v congestion)" ''
# shellcheck disable=SC2013  # a word each
is 'etc: modprobe.d names parameters that there are' "$(for parameter in $(sed -n 's/^options xtcp \(.*\)=.*/\1/p' \
	"$DEST/etc/modprobe.d/xtcp.conf"); do modinfo -F parm "$KO" | grep "^$parameter:" >/dev/null || echo "$parameter"; done)" ''

# One version, and the aliases that have the kernel load it.
is 'version: module' "$(modinfo -F version "$KO")" "$VERSION"
is 'version: tools' "$("$BUILD/tools/xtcp" -V)" "xtcp $VERSION"
is 'aliases' "$(modinfo -F alias "$KO" | sort | paste -sd' ')" \
	'net-pf-10-proto-253-type-1 net-pf-16-proto-16-family-xtcp net-pf-18 net-pf-2-proto-253-type-1 tcp_xtcp'
is 'what the doctor wants of the kernel, the module takes' "$(sed -n '/needed_symbols\[\]/,/^};/p' tools/xtcp/doctor_build.c |
	grep -o '"[a-z0-9_]*"' | tr -d '"' | while read -r s; do nm -u "$KO" | grep -w "$s" >/dev/null || echo "$s"; done)" ''

# Signing, with a machine's key that is made here.
mkdir -p "$WORK/machine/var/lib/dkms" "$WORK/machine/lib/modules/$RELEASE/updates"
cp "$KO" "$WORK/machine/lib/modules/$RELEASE/updates/"
SIGNED=$WORK/machine/lib/modules/$RELEASE/updates/xtcp.ko
sign() {
	XTCP_SIGN_ROOT=$WORK/machine scripts/sign --release "$RELEASE" "$@" 2>&1
}
is 'sign: without a key it says how to make one' "$(sign | grep -c 'mokutil --import'; sign >/dev/null; echo $?)" '1
1'
openssl req -new -x509 -newkey rsa:2048 -nodes -days 7 -subj '/CN=a test of xtcp/' -keyout "$WORK/machine/var/lib/dkms/mok.key" \
	-outform DER -out "$WORK/machine/var/lib/dkms/mok.pub" 2>/dev/null
ok "sign: with the machine's key" sign
is 'sign: by whom' "$(modinfo -F signer "$SIGNED")" 'a test of xtcp'
is 'sign: not twice' "$(sign | grep -c 'signed already')" 1
is 'sign: the rest is as it was' "$(head -c "$(stat -c %s "$KO")" "$SIGNED" | cmp - "$KO" && echo same)" same
is 'sign: no certificate' "$(sign --key "$KO" >/dev/null; echo $?)" 1

ok 'pages: HTML without a warning' sphinx-build -q -W --keep-going -d "$WORK/doctrees" -b html Documentation "$WORK/html"
is 'pages: each of them' "$(cd "$WORK/html" && for p in "$TOP"/Documentation/*.rst; do f=${p##*/}
	[ -s "${f%.rst}.html" ] || echo "$f"; done)" ''
plan
