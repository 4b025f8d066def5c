# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Programs written in Go, which make their system calls themselves, not by the C library: caddy serves, hey asks.
# Not in virtual time: the runtime of Go spins until its other threads have come.

go_start() {
	HOME=$DIR start caddy caddy file-server --listen :8088 --root "$DIR/www"
	await_port 8088
}

go_requests() {
	client hey -n 200 -c 8 "http://$URL_ADDRESS:8088/small" | tee "$DIR/hey"
	grep -q '\[200\][[:space:]]*200 responses' "$DIR/hey"
}

go_body() {
	client curl -sS "http://$URL_ADDRESS:8088/big" | same_as "$DIR/www/big"
}

go_cases() {
	exchange '200 requests, keepalive' go_requests
	exchange 'a body, to curl' go_body
}
