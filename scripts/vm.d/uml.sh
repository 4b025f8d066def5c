# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034  # variables are for the scripts that source this
# Beds that are User-Mode Linux: the kernel is a process of the host. Sourced by scripts/vm.
#
# A bed is VERSION (6.1, ...) and FLAVOUR (debug, plain, gcov, smp). Virtual time (time-travel=inf-cpu): the clock stands
# still while anything computes and jumps to the next timer when all is idle, so an hour's sleep takes no time and timing is
# exact. The price: a program that spins on the clock waits for ever (--timeout ends it). Not so smp: two CPUs, real time.

# The guest's clock starts here, 2030-01-01: always the same, and later than the host's files.
UML_EPOCH_NS=1893456000000000000

# CONFIG_NR_CPUS of smp.config.
UML_SMP_CPUS=4

# The files whose options make VERSION and FLAVOUR; VERSION.config has what only that one knows.
uml_fragments() {
	printf '%s\n' "$TOP/scripts/uml/plain.config"
	[ "$2" != smp ] || printf '%s\n' "$TOP/scripts/uml/debug.config"
	[ "$2" = plain ] || printf '%s\n' "$TOP/scripts/uml/$2.config"
	[ ! -e "$TOP/scripts/uml/$1.config" ] || printf '%s\n' "$TOP/scripts/uml/$1.config"
}

uml_key() {
	local version=$1 flavour=$2 fragment
	linux_source_key "$version"
	gcc -dumpfullversion
	uml_fragments "$version" "$flavour" | while read -r fragment; do
		cat "$fragment"
	done
}

# Every option that the fragments set, as the last of them has it.
uml_options() {
	uml_fragments "$@" | xargs cat | awk -F '[ =]' '
		/^CONFIG_[A-Z0-9_]+=/ { line[$1] = $0 }
		/^# CONFIG_[A-Z0-9_]+ is not set/ { line[$2] = $0 }
		END { for (name in line) print line[name] }'
}

# An option that Kconfig drops without a word would leave a check off that everyone believes in.
uml_config_check() {
	local version=$1 flavour=$2 dir=$3 wanted missing
	wanted=$(uml_options "$version" "$flavour")
	missing=$(grep -vxFf "$dir/.config" <<<"$wanted" | while read -r line; do
		case $line in
		# "not set" is also true of an option that is not there at all
		'#'*) grep -q "^$(cut -d' ' -f2 <<<"$line")=" "$dir/.config" && echo "$line" ;;
		*) echo "$line" ;;
		esac
	done) || true
	[ -z "$missing" ] || {
		printf 'Kconfig did not take these options (scripts/uml/*.config):\n%s\n' "$missing"
		return 1
	}
}

uml_build() {
	local version=$1 flavour=$2 dir=$3 source=$4
	[ ! -e "$dir/.built" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	uml_fragments "$version" "$flavour" | xargs cat >"$dir/.config"
	printf 'CONFIG_LOCALVERSION="-uml-%s"\n' "$flavour" >>"$dir/.config"
	make -C "$source" ARCH=um O="$dir" olddefconfig
	uml_config_check "$version" "$flavour" "$dir"
	make -C "$source" ARCH=um O="$dir" -j"$JOBS" linux modules
	make -C "$source" ARCH=um O="$dir" INSTALL_MOD_PATH="$dir/root" INSTALL_MOD_STRIP=1 modules_install
	# Kept: the kernel and what building a module against it takes.
	find "$dir" -name '*.o' ! -path '*/scripts/*' ! -path '*/tools/*' -delete
	find "$dir" -name '*.a' -delete
	rm -f "$dir"/vmlinux "$dir"/.tmp_*
	touch "$dir/.built"
}

# Sets KERNEL_DIR (what is built), KERNEL_BUILD (for modules), KERNEL_ID and KERNEL_MAKE (make's arguments).
uml_prepare() {
	local version=$1 flavour=$2 source
	[ "$version" = 6.1 ] || fetch_source "$version" || return 1
	KERNEL_ID=$(uml_key "$version" "$flavour" | hash_stdin)
	KERNEL_DIR=$CACHE/uml-$version-$flavour-$KERNEL_ID
	KERNEL_BUILD=$KERNEL_DIR
	KERNEL_MAKE=(ARCH=um)
	case $flavour in
	debug | smp) KERNEL_MAKE+=(UBSAN_SANITIZE=y KCFLAGS=-g) ;;
	esac
	[ "$flavour" != gcov ] || KERNEL_MAKE+=(GCOV_PROFILE=y)
	if [ ! -e "$KERNEL_DIR/.built" ]; then
		source=$(linux_source "$version") || return 1
		with_lock "$KERNEL_DIR.lock" logged "$KERNEL_DIR.log" \
			"building User-Mode Linux $version $flavour (some 4 minutes, once)" \
			bash -euo pipefail -c ". '$TOP/scripts/vm.d/common.sh'; . '$TOP/scripts/vm.d/uml.sh'
				uml_build '$version' '$flavour' '$KERNEL_DIR' '$source'" || return 1
	fi
}

uml_check_options() {
	[ -z "$ICOUNT" ] || usage_error "--icount is for QEMU beds; '$KERNEL' is exact already"
	if [ "${BED[1]}" = smp ]; then
		CPUS=${CPUS:-2}
		[ "$CPUS" -le "$UML_SMP_CPUS" ] || usage_error "'$KERNEL' has at most $UML_SMP_CPUS CPUs"
		return
	fi
	[ "${CPUS:-1}" = 1 ] || usage_error "'$KERNEL' has one CPU"
	CPUS=1
}

# The guest's memory is a file on a tmpfs; /dev/shm is small in some containers.
uml_tmpdir() {
	local free
	free=$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1)
	if [ "${free:-0}" -gt "$MEM" ]; then
		printf '/dev/shm\n'
	else
		printf '%s\n' "$RUN"
	fi
}

uml_start() {
	local initrd machine=(time-travel=inf-cpu time-travel-start="$UML_EPOCH_NS")
	# Several CPUs want user processes that are held by seccomp: ptrace serves the thread that began it alone.
	[ "$2" != smp ] || machine=(ncpus="$CPUS" seccomp=on rcupdate.rcu_cpu_stall_timeout=120)
	initrd=$(initramfs "$CACHE/initramfs-uml") || die "the initramfs could not be made"
	(
		cd "$RUN" || exit 1
		# Relative names: a path to a UNIX socket (the management console's) is short.
		TMPDIR=$(uml_tmpdir) XTCP_SEED=${XTCP_SEED:-1} \
			exec setsid setarch -R "$KERNEL_DIR/linux" mem="${MEM}M" initrd="$initrd" rdinit=/init \
			con=null con0=null,fd:1 ssl=null uml_dir=./ umid=uml noreboot \
			"${machine[@]}" random.trust_cpu=on \
			panic=-1 quiet printk.devkmsg=on "$GUEST_ARGS" </dev/null >>"$LOG" 2>&1
	) &
	MACHINE=$!
}
