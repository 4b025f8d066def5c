# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Statically linked programs, which xtcp-run reaches by seccomp: httpd and wget of busybox-static.

static_start() {
	file_is_static "$(command -v busybox)" || { echo "# busybox is not static"; return 1; }
	start httpd busybox httpd -f -p '[::]:8084' -h "$DIR/www"
	await_port 8084
}

file_is_static() {
	! readelf -lW "$1" 2>/dev/null | grep -q INTERP
}

static_wget() {
	client busybox wget -q -O - "http://$URL_ADDRESS:8084/big" | same_as "$DIR/www/big"
}

# The dynamic ones are reached by the same way.
static_curl() {
	local how=
	[ -z "$(stack_words "$CLIENT")" ] || how=--how=seccomp
	on_near timeout "$APP_SECS" ${how:+"$XTCP_RUN" --require $how} curl -sS "http://$URL_ADDRESS:8084/big" | same_as "$DIR/www/big"
}

static_cases() {
	exchange 'wget' static_wget
	exchange 'curl, by seccomp' static_curl
}
