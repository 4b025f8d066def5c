#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: boots the system below ROOT, where the packages are installed, twice, with its own systemd as process 1 of
# a namespace: as it was installed, and with the module wanted at boot. What is tested is in system.sh, which runs in it.
# Then the commands that a new user has left to type, in the system below USER.
# TAP on stdout. usage: guest.sh ROOT VERSION USER

set -u
LOWER=$1 VERSION=$2 USER_ROOT=$3
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
DIR=/tmp/xtcp-system
ROOT=$DIR/root
NUMBER=0

# The kernel looks for modprobe in the root of process 1, which is the bed's: from there it is led to the system's.
cat >/run/modprobe <<END
#!/bin/sh
exec chroot $ROOT /sbin/modprobe "\$@"
END
chmod 755 /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe

# A fresh copy of the system LOWER at ROOT, and away with it.
copy() {
	mkdir -p $DIR && mount -t tmpfs -o mode=755 tmpfs $DIR && mkdir $DIR/{root,upper,work} &&
		mount -t overlay -o "lowerdir=$1,upperdir=$DIR/upper,workdir=$DIR/work" overlay $ROOT || exit 1
}

uncopy() {
	umount -R $ROOT
	umount -R $DIR
}

# boot NAME: a copy of the system, with changes by the function prepare_NAME; then system.sh's test_NAME.
boot() {
	local name=$1
	copy "$LOWER"
	cp "$HERE/system.sh" $ROOT/system.sh
	cat >$ROOT/etc/systemd/system/xtcp-test.service <<-END
		[Unit]
		Requires=sysinit.target
		After=sysinit.target
		FailureAction=poweroff-force
		SuccessAction=poweroff-force
		[Service]
		Type=oneshot
		TimeoutStartSec=600
		ExecStart=/bin/bash /system.sh $name $VERSION
	END
	# What has no part in it and takes an emulated CPU minutes.
	for unit in systemd-{udev-trigger,random-seed,sysusers,tmpfiles-setup,journal-flush,pstore,remount-fs,update-utmp}.service \
		{dev-hugepages,dev-mqueue,sys-kernel-debug,sys-kernel-tracing,sys-kernel-config,sys-fs-fuse-connections}.mount \
		modprobe@.service systemd-ask-password-console.path ldconfig.service systemd-journal-catalog-update.service \
		systemd-firstboot.service first-boot-complete.target systemd-machine-id-commit.service; do
		ln -sf /dev/null "$ROOT/etc/systemd/system/$unit"
	done
	# Nobody boots from this system's disk: no initramfs, which packaging would have made again.
	[ ! -d $ROOT/etc/initramfs-tools ] || echo update_initramfs=no >$ROOT/etc/initramfs-tools/update-initramfs.conf
	"prepare_$name"
	# shellcheck disable=SC2016  # for the inner shell
	unshare --mount --pid --fork --kill-child sh -c '
		cd "$0" && mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t devtmpfs dev dev &&
			mount -t tmpfs -o mode=755 tmpfs run && mount -t tmpfs tmpfs tmp &&
			exec chroot . /lib/systemd/systemd --system --unit=xtcp-test.service --show-status=no' $ROOT >$DIR/boot.log 2>&1
	if [ -s $ROOT/results ] && [ "$(tail -n 1 $ROOT/results)" = end ]; then
		while read -r verdict what; do
			[ "$verdict" != end ] || break
			NUMBER=$((NUMBER + 1))
			case $verdict in
			ok) printf 'ok %d %s: %s\n' $NUMBER "$name" "$what" ;;
			bad) printf 'not ok %d %s: %s\n' $NUMBER "$name" "$what" ;;
			*) NUMBER=$((NUMBER - 1)) && printf '# %s %s\n' "$verdict" "$what" ;;
			esac
		done <$ROOT/results
	else
		NUMBER=$((NUMBER + 1))
		printf 'not ok %d %s: the system did not come up\n' $NUMBER "$name"
		{
			cat $ROOT/results
			tail -n 40 $DIR/boot.log
		} 2>/dev/null | sed 's/^/# /'
	fi
	uncopy
}

# What README.md says, command by command.
new_user() {
	local command
	copy "$USER_ROOT"
	while read -r command; do
		NUMBER=$((NUMBER + 1))
		# shellcheck disable=SC2016  # for the inner shell
		if unshare --mount --pid --fork --kill-child sh -c '
			cd "$0" && mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t devtmpfs dev dev &&
				exec chroot . sh -c "cd /root/xtcp && $1"' $ROOT "$command" >$DIR/output 2>&1 </dev/null; then
			printf 'ok %d README: %s\n' $NUMBER "$command"
		else
			printf 'not ok %d README: %s\n' $NUMBER "$command"
		fi
		sed 's/^/# /' $DIR/output
	done <"$USER_ROOT/root/commands.machine"
	uncopy
}

# What somebody sets for XTCP, which must wait until the module is there.
prepare_installed() {
	printf -- '-net.xtcp.init_cwnd = 20\n' >$ROOT/etc/sysctl.d/local.conf
}

# Everything taken out of its comments.
prepare_boot() {
	sed -i 's/^#xtcp$/xtcp/' $ROOT/etc/modules-load.d/xtcp.conf
	sed -i 's/^#\(-*net\)/\1/; s/init_cwnd = 10/init_cwnd = 30/' $ROOT/etc/sysctl.d/xtcp.conf
	sed -i 's/^#\(options xtcp minis\)/\1/' $ROOT/etc/modprobe.d/xtcp.conf
}

# The kernel stays the same: what the first boot has left loaded must not be taken for what the second one loads.
boot installed
[ ! -d /sys/module/xtcp ] || rmmod xtcp || exit 1
boot boot
new_user
printf '1..%d\n' $NUMBER
