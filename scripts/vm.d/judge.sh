# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reading a guest's kernel log. Sourced by scripts/vm. Only what follows the begin marker counts: User-Mode Linux's own
# boot prints two RCU warnings.

JUDGE_BEGIN='xtcp-vm: begin'
JUDGE_END='xtcp-vm: end'

# Extended regular expressions, one a line, of what a healthy kernel never prints.
judge_patterns() {
	cat <<'END'
\bBUG\b
\bOops\b
Call Trace
cut here
\bWARNING\b
KASAN|KCSAN|KFENCE|UBSAN|ODEBUG
INFO: (task|rcu_|possible|trying|lockdep|suspicious)
rcu: INFO
possible (circular|recursive|irq|deadlock|unsafe)
inconsistent lock state
suspicious RCU usage
[Ii]nvalid wait context
bad unlock balance|held lock freed|lock held when returning|still has locks held|nested lock was not taken
sleeping function called|scheduling while atomic
general protection fault|unable to handle|Kernel panic|Segfault with no mm|stack-protector
refcount_t:|ref_tracker:|list_(add|del) corruption|Object already free|Redzone overwritten|Poison overwritten
objects remaining in .* on __kmem_cache_shutdown|Slab cache still has objects
unregister_netdevice: waiting for
kmemleak: [1-9][0-9]* new suspected
Attempt to release alive inet socket|Attempt to release TCP socket in state
END
}

judge_since_begin() {
	sed -n "/$JUDGE_BEGIN/,\$p" "$1" | judge_own
}

# Without what is no fault of ours:
# - The kernel has data races of its own. A report of KCSAN, from one line of "=" to the next, counts if one of the two
#   functions that it names in its first line is the module's.
# - Tables of sysctl for which there was no memory, because a test made it fail, are told with a stack.
judge_own() {
	awk '
		/sysctl could not get directory: .* -12/ { stack = 1; next }
		stack && /(CPU: |Hardware name|Stack:|Call Trace|TASK>|\] +[0-9a-f ]+$|\[<|\+0x)/ { next }
		{ stack = 0 }
		/==============================/ && !inside { inside = 1; text = $0; own = 0; race = 0; next }
		inside && /BUG: KCSAN/ { race = 1; own = /\[xtcp\]/ }
		inside {
			text = text "\n" $0
			if (/==============================/) {
				if (own || !race) print text
				inside = 0
			}
			next
		}
		{ print }
		END { if (inside) print text }'
}

# Prints the first line that tells of a fault; nothing when there is none.
judge_log() {
	local log
	log=$(judge_since_begin "$1")
	# A guest that died before the marker: its whole log counts, if it panicked.
	[ -n "$log" ] || log=$(grep -a -E 'Kernel panic' "$1" || true)
	grep -a -m1 -E -f <(judge_patterns) <<<"$log" | tr -d '\r' || true
}

judge_complete() {
	grep -a -q "$JUDGE_END" "$1"
}

# The part of a log that a reader wants: around the first fault and the end.
judge_show() {
	local log first
	log=$(judge_since_begin "$1" | tr -d '\r')
	[ -n "$log" ] || log=$(tr -d '\r' <"$1")
	first=$(grep -a -n -m1 -E -f <(judge_patterns) <<<"$log" | cut -d: -f1 || true)
	printf -- '--- kernel log\n'
	if [ -n "$first" ] && [ "$(wc -l <<<"$log")" -gt $((first + 90)) ]; then
		sed -n "$((first > 3 ? first - 3 : 1)),$((first + 60))p" <<<"$log"
		printf -- '--- its end\n'
		tail -n 25 <<<"$log"
	else
		tail -n 90 <<<"$log"
	fi
	printf -- '---\n'
}
