#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xtcp doctor: a machine that is well, as a folder of files, and each fault that the doctor should find, planted in it.
# TAP on stdout. usage: tools/test/doctor.sh FOLDER-WITH-THE-PROGRAMS     (run.sh, for make -C tools check)

# No pipefail: the doctor itself ends with 2 when it has found something.
set -u

XTCP=$(cd "$1" && pwd -P)/xtcp
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
NUMBER=0 FAILED=0

RELEASE=6.1.0-99-amd64
VERSION=$("$TOP/scripts/version")
ARCH=$(uname -m)
H=usr/src/linux-headers-$RELEASE
M=lib/modules/$RELEASE
EFI=sys/firmware/efi/efivars

result() {
	NUMBER=$((NUMBER + 1))
	[ "$1" = 0 ] || FAILED=$((FAILED + 1))
	[ "$1" = 0 ] || printf 'not '
	printf 'ok %d doctor: %s\n' "$NUMBER" "$2"
}

put() {
	mkdir -p "$(dirname "$1")"
	printf '%b' "$2" >"$1"
}

# A module as far as the doctor looks: what it says of itself. fake_module FILE RELEASE VERSION
fake_module() {
	put "$1" "\\0177ELF\\0version=$3\\0vermagic=$2 SMP mod_unload \\0"
}

# In the working directory: Debian, XTCP by DKMS, no Secure Boot.
well() {
	local symbol option
	mkdir -p etc/{modprobe.d,modules-load.d,sysctl.d} usr/lib/udev/rules.d usr/bin usr/sbin proc/sys/{kernel,net/ipv4} \
		sys/module/module/parameters sys/kernel/security boot
	put $H/Makefile '# stub\n'
	put $H/include/generated/autoconf.h '/**/\n'
	put $H/include/generated/utsrelease.h "#define UTS_RELEASE \"$RELEASE\"\n"
	put $H/.kernelvariables 'CC = gcc-12\n'
	for option in MODULES NET_NS INET IPV6 SYSCTL PROC_FS DEBUG_INFO_BTF_MODULES; do
		printf 'CONFIG_%s=y\n' $option
	done | cat - >config
	mkdir -p $H/include/config && mv config $H/include/config/auto.conf
	for symbol in inet_protos inet6_protos tcp_prot inet_csk_get_port inet_register_protosw inet6_register_protosw \
		ip_queue_xmit ip6_xmit tcp_register_congestion_control; do
		printf '0x00000000\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' $symbol
	done >$H/Module.symvers
	mkdir -p $M && ln -s /$H $M/build
	fake_module $M/updates/dkms/xtcp.ko "$RELEASE" "$VERSION"
	put $M/modules.dep 'updates/dkms/xtcp.ko:\n'
	put $M/modules.alias 'alias net-pf-18 xtcp\n'
	put usr/bin/gcc-12 '' && put usr/bin/make ''
	put "usr/src/xtcp-$VERSION/dkms.conf" ''
	mkdir -p "var/lib/dkms/xtcp/$VERSION/$RELEASE/$ARCH/module"
	cp "$TOP/packaging/60-xtcp.rules" usr/lib/udev/rules.d/
	cp "$TOP/packaging/etc/modprobe.d/xtcp.conf" etc/modprobe.d/
	cp "$TOP/packaging/etc/modules-load.d/xtcp.conf" etc/modules-load.d/
	cp "$TOP/packaging/etc/sysctl.d/xtcp.conf" etc/sysctl.d/
	put proc/cmdline 'root=/dev/sda1 quiet\n'
	put proc/sys/kernel/modprobe '/sbin/modprobe\n'
	put proc/sys/kernel/modules_disabled '0\n'
	put sys/kernel/security/lockdown '[none] integrity confidentiality\n'
	put sys/kernel/security/lsm 'lockdown,capability,apparmor\n'
	put sys/module/module/parameters/sig_enforce 'N\n'
}

no_module() {
	rm -r $M/updates "var/lib/dkms/xtcp/$VERSION/$RELEASE"
}

secure() {
	put $EFI/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c '\006\0\0\0\001'
	put var/lib/dkms/mok.pub 'the certificate of this machine'
}

enrolled() {
	secure
	put $EFI/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23 '\006\0\0\0head the certificate of this machine tail'
}

signed() {
	printf 'PKCS7~Module signature appended~\n' >>$M/updates/dkms/xtcp.ko
}

# plant WHAT STATUS STATE CHECK WORDS COMMAND...: after COMMAND in a machine that is well, the doctor's exit status is STATUS,
# and a line of its says STATE and CHECK and WORDS (an expression), with a remedy unless the state is ok or note.
plant() {
	local what=$1 status=$2 state=$3 check=$4 words=$5 said code
	shift 5
	rm -rf "$WORK/machine" && mkdir "$WORK/machine" && cd "$WORK/machine" || exit 1
	well
	"$@" || exit 1
	said=$("$XTCP" -o doctor root "$PWD" kernel "$RELEASE" 2>&1)
	code=$?
	case $state in
	fault | warning) words+='.* \\ remedy .' ;;
	esac
	[ "$code" = "$status" ] && grep -Eq "^$state +$check +.*$words" <<<"$said" &&
		"$XTCP" -j doctor root "$PWD" kernel "$RELEASE" | python3 -c '
import json, sys
state, check = sys.argv[1:]
found = json.load(sys.stdin)
assert any(f["state"] == state and f["check"] == check for f in found)
assert all("remedy" in f for f in found if f["state"] in ("fault", "warning"))
# What is wrong is told as one thing, not as many.
assert sum(f["state"] == "fault" for f in found) <= 3, found
' "$state" "$check" 2>"$WORK/err"
	result $? "$what"
	[ "$FAILED" = "${BEFORE:-0}" ] || {
		printf 'status %s\n%s\n' "$code" "$said"
		cat "$WORK/err" 2>/dev/null
	} | sed 's/^/# /'
	BEFORE=$FAILED
}

plant 'a machine that is well' 0 ok module "$VERSION" true
plant 'nothing but ok and note on it' 0 note loaded 'not loaded' true
is_quiet=$("$XTCP" doctor root "$WORK/machine" kernel "$RELEASE" | grep -Ec '^(fault|warning)')
[ "$is_quiet" = 0 ]
result $? 'it has neither faults nor warnings'
[ "$("$XTCP" doctor root "$WORK/machine" | tail -n 1)" = "nothing stands in the way of XTCP on $RELEASE" ]
result $? 'the only kernel of a folder need not be named'

# Building
bare_headers() { no_module && rm -r $H $M/build; }
plant 'no headers' 2 fault headers 'no headers' bare_headers
plant 'no headers, but a module' 0 warning headers 'no headers' rm -r $H $M/build
part_headers() { no_module && rm $H/include/generated/autoconf.h; }
plant 'incomplete headers' 2 fault headers 'incomplete' part_headers
other_headers() { no_module && put $H/include/generated/utsrelease.h '#define UTS_RELEASE "6.1.0-98-amd64"\n'; }
plant 'headers of another kernel' 2 fault headers '6.1.0-98-amd64' other_headers
no_compiler() { no_module && rm usr/bin/gcc-12; }
plant 'no compiler' 2 fault compiler 'gcc-12, which is not here' no_compiler
no_make() { no_module && rm usr/bin/make; }
plant 'no make' 2 fault compiler 'no make' no_make
plant 'headers that want BTF, no pahole' 0 warning btf 'pahole' touch $H/vmlinux
no_option() { sed -i '/IPV6/d' $H/include/config/auto.conf; }
plant 'a kernel without an option' 2 fault config 'CONFIG_IPV6' no_option
no_symbol() { sed -i '/\tinet_protos\t/d' $H/Module.symvers; }
plant 'a kernel that does not export what is needed' 2 fault api 'export inet_protos' no_symbol

# DKMS
failed_build() {
	no_module
	put "var/lib/dkms/xtcp/$VERSION/build/make.log" "DKMS make.log\nmodule/main.c:7:1: error: no such thing\nmake: *** Error 2\n"
}
plant 'DKMS failed: what its log says' 2 fault dkms 'main.c:7:1: error: no such thing' failed_build
not_built() { rm -r "var/lib/dkms/xtcp/$VERSION/$RELEASE" $M/updates; }
plant 'DKMS has not built it' 2 fault dkms "has not built xtcp $VERSION for $RELEASE" not_built
plant 'DKMS lost the sources' 2 fault dkms 'sources are gone' rm -r "usr/src/xtcp-$VERSION"

# The module
plant 'no module' 2 fault module 'not installed' no_module
other_kernel() { fake_module $M/updates/dkms/xtcp.ko 6.1.0-98-amd64 "$VERSION"; }
plant 'a module for another kernel' 2 fault module 'for the kernel 6.1.0-98-amd64' other_kernel
plant 'depmod did not run' 2 fault depmod 'modules.dep' truncate -s 0 $M/modules.dep
plant 'an alias is missing' 2 fault depmod 'family 18' truncate -s 0 $M/modules.alias
second() { fake_module $M/updates/xtcp.ko "$RELEASE" "$VERSION"; }
plant 'two modules' 0 warning module "another one, /$M/updates/xtcp.ko" second
older() { fake_module $M/updates/dkms/xtcp.ko "$RELEASE" 0.0; }
plant 'a module of another version' 0 warning module 'version 0.0' older
loaded_old() { put sys/module/xtcp/version '0.0\n'; }
plant 'an older one is loaded' 0 warning loaded 'version 0.0 is loaded' loaded_old

# Secure Boot
no_key() { secure && rm var/lib/dkms/mok.pub; }
plant 'Secure Boot, no key' 2 fault secureboot 'no key of its own' no_key
plant 'Secure Boot, a key that is not enrolled' 2 fault secureboot 'does not know the key /var/lib/dkms/mok.pub' secure
plant 'Secure Boot, a module without a signature' 2 fault secureboot 'xtcp.ko is not signed' enrolled
all_signed() { enrolled && signed; }
plant 'Secure Boot, and all is well' 0 ok secureboot 'mok.pub is there' all_signed
locked() { put sys/kernel/security/lockdown 'none [integrity] confidentiality\n'; }
plant 'lockdown without Secure Boot' 2 fault secureboot 'locked down' locked
enforced() { put sys/module/module/parameters/sig_enforce 'Y\n'; }
plant 'signatures enforced' 2 fault secureboot 'signed modules only' enforced

# What forbids it
black() { echo 'blacklist xtcp' >>etc/modprobe.d/local.conf; }
plant 'blacklisted' 2 fault blacklist '/etc/modprobe.d/local.conf: blacklist xtcp' black
off() { echo 'alias net-pf-18 off' >>etc/modprobe.d/local.conf; }
plant 'the alias is off' 2 fault blacklist 'alias net-pf-18 off' off
false_install() { echo 'install xtcp /bin/false' >>etc/modprobe.d/local.conf; }
plant 'installed as /bin/false' 2 fault blacklist 'install xtcp /bin/false' false_install
command_line() { echo 'quiet module_blacklist=nouveau,xtcp' >proc/cmdline; }
plant 'blacklisted on the command line' 2 fault blacklist 'command line' command_line
no_more() { echo 1 >proc/sys/kernel/modules_disabled; }
plant 'no module may be loaded any more' 2 fault blacklist 'modules_disabled' no_more
no_helper() { echo >proc/sys/kernel/modprobe; }
plant 'the kernel loads nothing by itself' 2 fault blacklist 'kernel.modprobe is empty' no_helper
another_family() { echo 'options xtcp family=27' >etc/modprobe.d/xtcp.conf; }
plant 'another family' 0 note blacklist 'family=27' another_family

# Security modules
pinned() { put sys/kernel/security/lsm 'lockdown,loadpin\n' && put proc/sys/kernel/loadpin/enforce '1\n'; }
plant 'LoadPin' 2 fault lsm 'LoadPin' pinned
selinux() { put sys/fs/selinux/enforce 1; }
plant 'SELinux' 0 warning lsm 'SELinux' selinux
apparmor() { put sys/kernel/security/apparmor/profiles 'a (enforce)\nb (complain)\nc (enforce)\n'; }
plant 'AppArmor' 0 note lsm '2 profiles' apparmor

# Settings
misspelt() { echo 'net.xtcp.timewait_ms = 1' >etc/sysctl.d/a.conf; }
plant 'a setting that there is not' 2 fault sysctl 'no net.xtcp.timewait_ms' misspelt
twice() { echo '-net/xtcp/init_cwnd = 20' >etc/sysctl.d/a.conf && echo 'net.xtcp.init_cwnd=30' >usr/lib/sysctl.d/b.conf; }
plant 'two files contradict each other' 0 warning sysctl 'init_cwnd is 20 in /etc/sysctl.d/a.conf, and 30 in' \
	eval 'mkdir -p usr/lib/sysctl.d; twice'
hidden() { mkdir -p usr/lib/sysctl.d && twice && : >etc/sysctl.d/b.conf; }
plant 'a file of /etc hides one of /usr/lib' 0 ok sysctl 'no settings' hidden
no_rule() { rm usr/lib/udev/rules.d/60-xtcp.rules && echo 'net.xtcp.init_cwnd = 20' >etc/sysctl.d/a.conf; }
plant 'nothing applies the settings' 0 warning sysctl 'no rule of udev' no_rule
late() { echo 'kernel.modules_disabled = 1' >etc/sysctl.d/a.conf; }
plant 'modules are disabled before it is loaded' 2 fault sysctl 'modules_disabled is set at boot' late
in_time() { late && echo xtcp >etc/modules-load.d/xtcp.conf; }
plant 'modules are disabled after it is loaded' 0 ok sysctl 'no settings' in_time
asked_for() { no_module && echo 'net.ipv4.tcp_congestion_control = xtcp' >etc/sysctl.d/a.conf; }
plant 'its congestion control is asked for, without it' 2 warning sysctl 'cannot be loaded' asked_for
no_sack() { echo 0 >proc/sys/net/ipv4/tcp_sack; }
plant 'TCP without SACK' 0 warning sysctl 'tcp_sack is 0' no_sack

# Other kernels, wrong words
cd "$WORK/machine" && mv $M lib/modules/6.6.1
"$XTCP" doctor root "$PWD" kernel 6.6.1 | grep -q '^fault *kernel *6.6.1 is a kernel that XTCP is not built for'
result $? 'a kernel that XTCP is not built for'
"$XTCP" doctor now 2>/dev/null
[ $? = 1 ]
result $? 'wrong words are refused'

# What the doctor knows is what there is.
names=$(sed -n '/#define/d; s/.*XTCP_SYSCTL_KNOB(\([a-z_]*\),.*/\1/p; s/.*procname = "\([a-z_]*\)".*/\1/p' "$TOP/module/ctl/sysctl.c")
missing=$(for name in $names; do grep -q "\"$name\"" "$TOP/tools/xtcp/doctor_load.c" || echo "$name"; done)
[ -n "$names" ] && [ -z "$missing" ]
result $? "every net.xtcp is known: ${missing:-none is missing}"
eval "$(grep '^BUILD_EXCLUSIVE' "$TOP/packaging/dkms.conf")"
for release in 6.1.0-99-amd64 6.12.57+deb13-amd64 6.1.192 7.2.1+deb14-amd64; do
	[[ $release =~ $BUILD_EXCLUSIVE_KERNEL ]] && "$XTCP" -o doctor root "$WORK/machine" kernel $release | grep -q "^ok *kernel *$release"
	result $? "DKMS and doctor take $release"
done
for release in 6.10.1 6.6.1 6.18.44 7.20.1 5.10.0; do
	! [[ $release =~ $BUILD_EXCLUSIVE_KERNEL ]] && ! "$XTCP" -o doctor root "$WORK/machine" kernel $release | grep -q '^ok *kernel'
	result $? "DKMS and doctor refuse $release"
done
missing=$(for o in $BUILD_EXCLUSIVE_CONFIG; do grep -q "\"$o\"" "$TOP/tools/xtcp/doctor_build.c" || echo "$o"; done)
[ -z "$missing" ]
result $? "DKMS and doctor want the same options${missing:+, but for $missing}"

printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]
