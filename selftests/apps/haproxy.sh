# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# HAProxy between two stacks: what comes in by the server's stack goes on to an nginx on the kernel's TCP, spliced where
# HAProxy can.

haproxy_start() {
	cat >"$DIR/backend.conf" <<-END
		daemon off;
		user root;
		pid $DIR/backend.pid;
		error_log stderr warn;
		events { worker_connections 256; }
		http {
			access_log off;
			sendfile on;
			client_body_temp_path $DIR;
			proxy_temp_path $DIR;
			fastcgi_temp_path $DIR;
			uwsgi_temp_path $DIR;
			scgi_temp_path $DIR;
			server { listen 127.0.0.1:8090; root $DIR/www; }
		}
	END
	cat >"$DIR/haproxy.cfg" <<-END
		global
		  maxconn 200
		defaults
		  mode http
		  option splice-auto
		  timeout connect 20s
		  timeout client 60s
		  timeout server 60s
		frontend in
		  bind 0.0.0.0:8085
		  bind :::8085 v6only
		  default_backend out
		backend out
		  server one 127.0.0.1:8090
	END
	start_plain backend nginx -p "$DIR" -c "$DIR/backend.conf"
	start haproxy haproxy -db -f "$DIR/haproxy.cfg"
	await_port 8085
}

haproxy_get() {
	client curl -sS -m "$APP_SECS" "http://$URL_ADDRESS:8085/big" | same_as "$DIR/www/big"
}

haproxy_many() {
	local i
	local -a asked=()
	for i in 1 2 3 4 5 6 7 8; do
		client curl -sS -m "$APP_SECS" -o "$DIR/many.$i" "http://$URL_ADDRESS:8085/small" &
		asked+=($!)
	done
	wait "${asked[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		same_as "$DIR/www/small" <"$DIR/many.$i" || return
	done
}

haproxy_cases() {
	haproxy_one 'a file' haproxy_get
	haproxy_one 'eight at once' haproxy_many
}

# Its backend is on the other stack and on the same host: only what the client's host opened is proof.
haproxy_one() {
	local name=$1 before stack after status=0
	[ "$CLIENT" = XTCP ] && stack=XTCP || stack=TCP
	before=$(under_test && opens "$NEAR" "$stack" ActiveOpens)
	"$2" >"$DIR/exchange" 2>&1 || status=$?
	after=$(under_test && opens "$NEAR" "$stack" ActiveOpens)
	[ "$status" = 0 ] || sed 's/^/# /' "$DIR/exchange"
	! under_test || [ "$after" -gt "$before" ] || { echo "# the client's stack opened nothing"; status=1; }
	tap_result "$status" "haproxy, client $CLIENT, server $SERVER, $FAMILY: $name"
}
