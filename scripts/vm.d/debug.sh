# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153  # variables are for the scripts that source this, or theirs
# Beds that are a checking kernel of linux-source in QEMU with two CPUs, for what one CPU cannot show. Sourced by scripts/vm.
#
# A bed is VERSION (6.1) and FLAVOUR (debug: KASAN, lockdep, kmemleak, object and fault checks, KCOV; kcsan: data races).
# The machine is that of the stock beds (qemu.sh); only the kernel is another, built once, everything built in.

# shellcheck source=scripts/vm.d/qemu.sh
. "$TOP/scripts/vm.d/qemu.sh"

debug_fragments() {
	printf '%s\n' "$TOP/scripts/debug/base.config" "$TOP/scripts/debug/$1.config"
}

# The patches of scripts/uml are for arch/um: another of them leaves this kernel as it is.
debug_key() {
	local version=$1 flavour=$2
	# shellcheck disable=SC2016  # dpkg-query's variable
	dpkg-query -W -f '${Version}\n' "linux-source-$version" 2>/dev/null ||
		die "the package linux-source-$version is not installed; run scripts/setup check"
	gcc -dumpfullversion
	debug_fragments "$flavour" | xargs cat
}

# An option that Kconfig drops without a word would leave a check off that everyone believes in.
debug_config_check() {
	local dir=$1 missing option
	missing=$(debug_fragments "$2" | xargs cat | grep '^CONFIG_' | grep -vxFf "$dir/.config" || true)
	while read -r option; do
		! grep -q "^$option=" "$dir/.config" || missing+=" $option is set"
	done < <(debug_fragments "$2" | xargs sed -n 's/^# \(CONFIG_[A-Z0-9_]*\) is not set/\1/p')
	[ -z "$missing" ] || {
		printf 'Kconfig did not take these options (scripts/debug/*.config):\n%s\n' "$missing"
		return 1
	}
}

debug_build() {
	local flavour=$1 dir=$2 source=$3
	[ ! -e "$dir/.built" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	make -C "$source" ARCH=x86_64 O="$dir" KCONFIG_ALLCONFIG=/dev/null allnoconfig
	debug_fragments "$flavour" | xargs cat >>"$dir/.config"
	printf 'CONFIG_LOCALVERSION="-%s"\n' "$flavour" >>"$dir/.config"
	make -C "$source" ARCH=x86_64 O="$dir" olddefconfig
	debug_config_check "$dir" "$flavour"
	make -C "$source" ARCH=x86_64 O="$dir" -j"$JOBS" bzImage modules
	# The ELF image has a PVH entry too, but that is code that KASAN watches before there is KASAN.
	mkdir -p "$dir/root/boot"
	cp "$dir/arch/x86/boot/bzImage" "$dir/root/boot/vmlinuz-$flavour"
	mv "$dir/vmlinux" "$dir/vmlinux.elf"
	# Kept: the kernel and what building a module against it takes.
	find "$dir" -name '*.o' ! -path '*/scripts/*' ! -path '*/tools/*' ! -path '*/arch/x86/lib/*' -delete
	find "$dir" -name '*.a' -delete
	rm -f "$dir"/.tmp_*
	touch "$dir/.built"
}

# Sets KERNEL_DIR (what is built), KERNEL_BUILD (for modules), KERNEL_RELEASE, KERNEL_ID and KERNEL_MAKE (make's arguments).
debug_prepare() {
	local version=$1 flavour=$2 source
	need_program qemu-system-x86_64 demo
	need_program cpio demo
	KERNEL_ID=$(debug_key "$version" "$flavour" | hash_stdin)
	KERNEL_DIR=$CACHE/qemu-$version-$flavour-$KERNEL_ID
	KERNEL_BUILD=$KERNEL_DIR
	KERNEL_RELEASE=$flavour
	KERNEL_MAKE=(ARCH=x86_64 KCFLAGS=-g)
	[ "$flavour" != debug ] || KERNEL_MAKE+=(KCOV_INSTRUMENT=y)
	if [ ! -e "$KERNEL_DIR/.built" ]; then
		source=$(linux_source "$version") || return 1
		with_lock "$KERNEL_DIR.lock" logged "$KERNEL_DIR.log" \
			"building Linux $version $flavour for QEMU (some 10 minutes, once)" \
			bash -euo pipefail -c ". '$TOP/scripts/vm.d/common.sh'; . '$TOP/scripts/vm.d/debug.sh'
				debug_build '$flavour' '$KERNEL_DIR' '$source'" || return 1
	fi
}

debug_check_options() {
	[ -z "$ICOUNT" ] || usage_error "--icount is for debian; '$KERNEL' has two CPUs"
	CPUS=${CPUS:-2}
}

# SeaBIOS tells of one CPU a package in the table that a kernel without ACPI reads, hence the sockets.
# Always emulated: KVM gives another clock to the races, and few machines have it that runs.
debug_start() {
	local initrd
	initrd=$(initramfs "$CACHE/initramfs-uml") || die "the initramfs could not be made"
	qemu_machine "$initrd" "$LOG"
	setsid qemu-system-x86_64 -accel "tcg,thread=multi" -cpu max -smp "$CPUS,sockets=$CPUS,cores=1,threads=1" "${MACHINE_ARGS[@]}" \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev local,id=build,path="$BUILD",security_model=none,multidevs=remap \
		-device virtio-9p-pci,fsdev=build,mount_tag=build \
		-append "$(qemu_command_line "$GUEST_ARGS") rcupdate.rcu_cpu_stall_timeout=300" \
		</dev/null >"$RUN/qemu.log" 2>&1 &
	MACHINE=$!
}
