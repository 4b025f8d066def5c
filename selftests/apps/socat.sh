# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# socat: a forking echo server, half close included: the client ends its stream and still reads the answer.

socat_start() {
	start socat socat -T 60 TCP6-LISTEN:8083,fork,reuseaddr,ipv6only=0 EXEC:cat
	await_port 8083
}

socat_echo() {
	# shellcheck disable=SC2094  # read twice, written never
	client socat -t 60 STDIO "TCP:$URL_ADDRESS:8083" <"$DIR/www/big" | same_as "$DIR/www/big"
}

socat_cases() {
	exchange 'echo' socat_echo
}
