# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Python: http.server with urllib, asyncio streams.

python_start() {
	start http python3 -m http.server --bind :: --directory "$DIR/www" 8081
	start asyncio python3 "$APPS/echo.py" serve 8082
	await_port 8081 && await_port 8082
}

python_http() {
	client python3 -c 'import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1]).read())' \
		"http://$URL_ADDRESS:8081/big" | same_as "$DIR/www/big"
}

python_cases() {
	exchange 'http.server' python_http
	exchange 'asyncio, 20 streams at once' client python3 "$APPS/echo.py" ask "$ADDRESS" 8082
}
