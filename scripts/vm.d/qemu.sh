# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034  # variables are for the scripts that source this
# Beds that are a real kernel in QEMU. Sourced by scripts/vm.
#
# The bed `debian` is the stock kernel that matches the installed linux-headers-amd64; debian-6.12, debian-7.2 and
# debian-13 are newer ones of Debian, their headers included (fetch.sh). Packages are downloaded and unpacked into the cache, never
# installed.

# Modules that make the host's root visible; their dependencies come along.
QEMU_MODULES=(virtio_pci 9pnet_virtio 9p overlay)

# Nothing that a guest without a screen, a keyboard or a disk would spend time on at boot.
QEMU_MACHINE=pc,usb=off,vmport=off,smm=off,hpet=off

# How long an idle guest may take to say it lives, when KVM is probed.
QEMU_KVM_PROBE_S=15

qemu_check_options() {
	[ -z "$ICOUNT" ] || [ "${CPUS:-1}" = 1 ] || usage_error "--icount counts one CPU's instructions, not $CPUS"
	CPUS=${CPUS:-${ICOUNT:+1}}
	CPUS=${CPUS:-2}
}

# --- The kernel ------------------------------------------------------------------------------------------------------

# Prints "RELEASE VERSION" of the kernel that the headers are for: "6.1.0-56-amd64 6.1.192-2".
qemu_debian_release() {
	local depends
	# shellcheck disable=SC2016  # dpkg-query's variable
	depends=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 2>/dev/null) || return 1
	sed -n 's/^linux-headers-\([^ ,]*\) (= \([^)]*\)).*/\1 \2/p' <<<"$depends"
}

qemu_debian_fetch() {
	local package=$1 dir=$2 release=$3
	[ ! -e "$dir/.ready" ] || return 0
	rm -rf "$dir" && mkdir -p "$dir/deb" && cd "$dir/deb" || return 1
	apt-get -q -o APT::Sandbox::User=root download "$package" || {
		# The lists may be older than the mirror.
		apt-get -q update && apt-get -q -o APT::Sandbox::User=root download "$package"
	} || return 1
	dpkg -x ./*.deb "$dir/root" && rm -rf "$dir/deb" && depmod -b "$dir/root" "$release" &&
		qemu_unpack_kernel "$dir/root/boot/vmlinuz-$release" "$dir/vmlinux" &&
		touch "$dir/.ready"
}

# Decompressing the kernel is work for the host, not for an emulated CPU. The boot protocol's header says where the
# compressed ELF image lies (Documentation/x86/boot.rst: setup_sects, payload_offset, payload_length); QEMU starts that
# image through its PVH entry. When it is not packed as expected, the bzImage serves.
qemu_unpack_kernel() {
	local image=$1 to=$2 setup_sects offset length
	setup_sects=$(od -An -tu1 -j497 -N1 "$image") && offset=$(od -An -tu4 -j584 -N4 "$image") &&
		length=$(od -An -tu4 -j588 -N4 "$image") || return 1
	tail -c +$(((setup_sects + 1) * 512 + offset + 1)) "$image" | head -c "$length" >"$to.packed"
	xz -dc --single-stream <"$to.packed" >"$to.tmp" 2>/dev/null ||
		zstd -dc <"$to.packed" >"$to.tmp" 2>/dev/null || true
	rm -f "$to.packed"
	if readelf -n "$to.tmp" 2>/dev/null | grep -q Xen; then
		mv "$to.tmp" "$to"
	else
		rm -f "$to.tmp"
	fi
}

# Paths of the modules that insmod needs, dependencies first.
qemu_module_list() {
	local modules=$1 name
	for name in "${QEMU_MODULES[@]}"; do
		modprobe -d "$KERNEL_DIR/root" -S "${modules##*/}" --show-depends "$name" || return 1
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# Sets what building a module takes: KERNEL_RELEASE, KERNEL_VERSION, KERNEL_ID, KERNEL_BUILD, KERNEL_MAKE.
qemu_debian_headers() {
	local found
	found=$(qemu_debian_release || true)
	[ -n "$found" ] || die "the package linux-headers-amd64 is not installed; run scripts/setup demo"
	read -r KERNEL_RELEASE KERNEL_VERSION <<<"$found"
	KERNEL_ID=$KERNEL_RELEASE-$KERNEL_VERSION
	KERNEL_BUILD=/lib/modules/$KERNEL_RELEASE/build
	[ -e "$KERNEL_BUILD" ] || KERNEL_BUILD=/usr/src/linux-headers-$KERNEL_RELEASE
	# Debian's headers ship no vmlinux, so modules get no BTF; saying so silences a complaint.
	KERNEL_MAKE=(CONFIG_DEBUG_INFO_BTF_MODULES=)
}

# The stock kernel VERSION of a newer Debian: its image, and what a module is built with. Runs under the lock.
qemu_stock_fetch() {
	local version=$1 dir=$2 release=$3
	[ ! -e "$dir/.ready" ] || return 0
	fetch_image_now "$version" "$release" "$dir" || return 1
	if [ -n "$(fetch_suites "$version")" ]; then
		fetch_chroot "$version" "$release" "$dir/chroot"
	else
		fetch_headers_now "$version" "$release" "$dir"
	fi && depmod -b "$dir/root" "$release" &&
		qemu_unpack_kernel "$dir/root/boot/vmlinuz-$release" "$dir/vmlinux" && touch "$dir/.ready"
}

# Sets what building a module for the stock kernel VERSION takes, KERNEL_RUN included, and KERNEL_DIR.
qemu_stock_prepare() {
	local version=$1
	KERNEL_RELEASE=$(fetch_release "$version") || {
		say "no package of Linux $version was found: the mirror in /etc/apt is out of reach or does not carry it"
		return 1
	}
	KERNEL_ID=$KERNEL_RELEASE
	KERNEL_DIR=$CACHE/debian-$version-$KERNEL_RELEASE
	KERNEL_BUILD=$KERNEL_DIR/headers/usr/src/linux-headers-$KERNEL_RELEASE
	KERNEL_MAKE=(CONFIG_DEBUG_INFO_BTF_MODULES=)
	if [ -n "$(fetch_suites "$version")" ]; then
		KERNEL_BUILD=/usr/src/linux-headers-$KERNEL_RELEASE
		KERNEL_RUN=("$TOP/scripts/vm.d/chroot" "$KERNEL_DIR/chroot" "$BUILD")
	fi
	[ -e "$KERNEL_DIR/.ready" ] || with_lock "$KERNEL_DIR.lock" logged "$KERNEL_DIR.log" \
		"fetching Debian's kernel $KERNEL_RELEASE" \
		bash -euo pipefail -c ". '$TOP/scripts/vm.d/common.sh'; . '$TOP/scripts/vm.d/qemu.sh'
			qemu_stock_fetch '$version' '$KERNEL_DIR' '$KERNEL_RELEASE'"
}

# Sets these and KERNEL_DIR, as every backend does. A bed is a VERSION, or `debian`: that of the installed headers.
qemu_prepare() {
	need_program qemu-system-x86_64 demo
	need_program cpio demo
	if [ "$1" != debian ]; then
		qemu_stock_prepare "$1"
		return
	fi
	qemu_debian_headers
	KERNEL_DIR=$CACHE/debian-$KERNEL_ID
	if [ ! -e "$KERNEL_DIR/.ready" ]; then
		with_lock "$KERNEL_DIR.lock" logged "$KERNEL_DIR.log" "fetching Debian's kernel $KERNEL_ID" \
			qemu_debian_fetch "linux-image-$KERNEL_RELEASE=$KERNEL_VERSION" "$KERNEL_DIR" "$KERNEL_RELEASE" || {
			say "the mirror in /etc/apt is out of reach, or has a newer kernel than the installed headers: try" \
				"'apt-get update && apt-get install linux-headers-amd64'"
			return 1
		}
	fi
}

# --- The machine -----------------------------------------------------------------------------------------------------

qemu_machine() {
	local initrd=$1 console=$2 kernel=$KERNEL_DIR/vmlinux
	[ -e "$kernel" ] || kernel=$KERNEL_DIR/root/boot/vmlinuz-$KERNEL_RELEASE
	MACHINE_ARGS=(
		-nodefaults -no-user-config -no-reboot -display none
		-machine "$QEMU_MACHINE" -m "$MEM"
		-kernel "$kernel" -initrd "$initrd"
		-serial "file:$console"
	)
}

qemu_command_line() {
	printf '%s ' "console=ttyS0 rdinit=/init quiet panic=-1 nokaslr mitigations=off random.trust_cpu=on" \
		"printk.devkmsg=on log_buf_len=4M no_timer_check tsc=reliable 8250.nr_uarts=1" \
		"rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60 audit=0 apparmor=0" "$@"
}

# Prints kvm or tcg. That /dev/kvm can be opened does not mean that a guest runs: one is tried, once.
qemu_accel() {
	local initrd=$1 verdict log begin=$SECONDS
	verdict=$CACHE/accel-$({
		uname -rv
		grep -m1 'model name' /proc/cpuinfo
		qemu-system-x86_64 --version
		printf '%s\n' "$KERNEL_ID"
	} | hash_stdin)
	if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
		printf 'tcg\n'
		return
	fi
	if [ ! -e "$verdict" ]; then
		say "probing KVM (at most $QEMU_KVM_PROBE_S s, once)"
		log=$(mktemp)
		qemu_machine "$initrd" "$log"
		timeout -s KILL "$QEMU_KVM_PROBE_S" qemu-system-x86_64 -accel kvm -cpu host -smp 2 "${MACHINE_ARGS[@]}" \
			-append "$(qemu_command_line xtcp_probe=1)" </dev/null >/dev/null 2>&1 || true
		if grep -q 'probe: alive' "$log"; then
			echo kvm >"$verdict"
		else
			echo tcg >"$verdict"
		fi
		rm -f "$log"
		say "KVM: $(sed 's/tcg/no guest runs, emulating instead/; s/kvm/works/' "$verdict")" \
			"($((SECONDS - begin)) s; remembered in $verdict)"
	fi
	cat "$verdict"
}

qemu_start() {
	local modules initrd accel clock=()
	modules=$(qemu_module_list "$KERNEL_RELEASE") || die "a module of Debian's kernel is missing"
	# shellcheck disable=SC2086  # paths in the cache, one a line
	initrd=$(initramfs "$CACHE/initramfs-debian" $modules) || die "the initramfs could not be made"
	if [ -n "$ICOUNT" ]; then
		accel=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -cpu max)
		# An idle guest's clock jumps to its next timer, also while it waits for the host's files: with a tick it
		# does so in steps of 4 ms, each of which takes some time, instead of to the end of somebody's time-out.
		clock=(nohz=off)
	elif [ "$(qemu_accel "$initrd")" = kvm ]; then
		accel=(-accel kvm -cpu host)
	else
		accel=(-accel "tcg,thread=multi" -cpu max)
	fi
	[ -z "${XTCP_VM_PLUGIN:-}" ] || accel+=(-plugin "$XTCP_VM_PLUGIN")
	qemu_machine "$initrd" "$LOG"
	setsid qemu-system-x86_64 "${accel[@]}" -smp "$CPUS" "${MACHINE_ARGS[@]}" \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev local,id=build,path="$BUILD",security_model=none,multidevs=remap \
		-device virtio-9p-pci,fsdev=build,mount_tag=build \
		-append "$(qemu_command_line "${clock[@]}" "$GUEST_ARGS")" </dev/null >"$RUN/qemu.log" 2>&1 &
	MACHINE=$!
}
