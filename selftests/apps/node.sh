# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Node.js: http with keepalive, net with back-pressure.

node_start() {
	start node node "$APPS/node.js" serve 8086 8087
	await_port 8086 && await_port 8087
}

node_cases() {
	exchange 'http, keepalive, 50 requests' client node "$APPS/node.js" http "$ADDRESS" 8086
	exchange 'net, 8 streams' client node "$APPS/node.js" net "$ADDRESS" 8087
}
