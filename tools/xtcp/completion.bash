# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of xtcp(8) for bash.

_xtcp_words() {
	local object=$1 previous=$2
	local filter="state src dst sport dport uid cgroup cc cookie dev all"
	local parameters="cc initcwnd rto_min rto_max delack_max time_wait user_timeout keepidle keepintvl keepcnt pacing
		notsent_lowat quickack"

	case $previous in
	state) echo "all connected established SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSE-WAIT LAST-ACK CLOSING" ;;
	cc) cat /proc/sys/net/ipv4/tcp_available_congestion_control 2>/dev/null ;;
	quickack) echo "on off" ;;
	on) echo "connect accept any" ;;
	cookie) command xtcp socket 2>/dev/null | sed -n 's/.*cookie \([0-9]*\).*/\1/p' ;;
	src | dst | sport | dport | since | seconds | interval | count | every) ;;
	uid) compgen -u ;;
	*) case $object in
		socket | listen | request) echo "show $filter" ;;
		timewait) echo "show flush $filter" ;;
		why | abort) echo "$filter" ;;
		closed) echo "since" ;;
		set) echo "cookie $parameters" ;;
		policy) echo "show add delete replace flush on src dst sport dport uid cgroup set $parameters" ;;
		monitor) echo "established closed stalled overflow alarm policy count" ;;
		param) command ls /proc/sys/net/xtcp 2>/dev/null ;;
		stat) command xtcp -s stat 2>/dev/null | sed 's/ .*//' ;;
		top) echo "interval count" ;;
		doctor) echo "root kernel" ;;
		trace) echo "cookie seconds every to" ;;
		*) echo "socket listen request timewait why closed stat abort set policy monitor param top trace doctor help
			-json -pretty -statistics -oneline -numeric -batch -Version -help -4 -6" ;;
		esac ;;
	esac
}

_xtcp() {
	local i object=""
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*)
			object=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	mapfile -t COMPREPLY < <(compgen -W "$(_xtcp_words "$object" "${COMP_WORDS[COMP_CWORD - 1]}")" -- "${COMP_WORDS[COMP_CWORD]}")
}

complete -F _xtcp xtcp
