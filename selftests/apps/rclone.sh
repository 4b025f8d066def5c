# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# rclone, a program in Go: its runtime calls the kernel by itself, without the C library, and polls by edge-triggered
# epoll from several threads. Server and client of HTTP and of WebDAV.

rclone_start() {
	mkdir -p "$DIR/dav" "$DIR/go"
	export XDG_CACHE_HOME=$DIR/go RCLONE_CONFIG=$DIR/go/rclone.conf
	: >"$RCLONE_CONFIG"
	start rclone-http rclone serve http "$DIR/www" --addr ':8088' -q
	start rclone-dav rclone serve webdav "$DIR/dav" --addr ':8089' -q
	await_port 8088 && await_port 8089
}

rclone_read() {
	client rclone cat ":http:big" --http-url "http://$URL_ADDRESS:8088" -q | same_as "$DIR/www/big"
}

# Eight files at once, and once more as they came.
rclone_write() {
	local dav=(--webdav-url "http://$URL_ADDRESS:8089" -q --transfers 8 --retries 1) i
	rm -rf "$DIR/up" "$DIR/down" && mkdir "$DIR/up"
	for i in 1 2 3 4 5 6 7 8; do
		head -c $((i * 40000)) "$DIR/www/big" >"$DIR/up/$i"
	done
	client rclone copy "$DIR/up" ":webdav:$CLIENT-$SERVER-$FAMILY" "${dav[@]}" &&
		client rclone copy ":webdav:$CLIENT-$SERVER-$FAMILY" "$DIR/down" "${dav[@]}" && diff -r "$DIR/up" "$DIR/down"
}

rclone_cases() {
	exchange 'a file over HTTP' rclone_read
	exchange 'eight files by WebDAV, there and back' rclone_write
}
