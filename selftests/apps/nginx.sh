# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# nginx: sendfile, keepalive, a reuseport listener in each worker, TLS. Clients: curl and wrk.

nginx_start() {
	[ -e "$DIR/key.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=xtcp -keyout "$DIR/key.pem" \
		-out "$DIR/cert.pem" >/dev/null 2>&1
	cat >"$DIR/nginx.conf" <<-END
		daemon off;
		master_process on;
		user root;
		worker_processes 2;
		pid $DIR/nginx.pid;
		error_log stderr warn;
		events { worker_connections 512; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			client_body_temp_path $DIR;
			proxy_temp_path $DIR;
			fastcgi_temp_path $DIR;
			uwsgi_temp_path $DIR;
			scgi_temp_path $DIR;
			server {
				listen [::]:8080 ipv6only=off reuseport;
				listen [::]:8443 ipv6only=off ssl;
				ssl_certificate $DIR/cert.pem;
				ssl_certificate_key $DIR/key.pem;
				root $DIR/www;
			}
		}
	END
	start nginx nginx -p "$DIR" -c "$DIR/nginx.conf"
	await_port 8080 && await_port 8443
}

nginx_get() {
	client curl -sS -k -m "$APP_SECS" "$1/big" | same_as "$DIR/www/big"
}

# One connection for all of them.
nginx_keepalive() {
	local url=http://$URL_ADDRESS:8080/small opened
	opened=$(client curl -sS -m "$APP_SECS" -o /dev/null -w '%{num_connects} ' "$url" -o /dev/null "$url" -o /dev/null "$url")
	echo "connections: $opened"
	[ "$opened" = '1 0 0 ' ]
}

nginx_ranges() {
	local url=http://$URL_ADDRESS:8080/small
	{
		client curl -sS -m "$APP_SECS" -r 0-499 "$url"
		client curl -sS -m "$APP_SECS" -r 500- "$url"
	} | same_as "$DIR/www/small"
}

nginx_wrk() {
	local threads=2 connections=20 seconds=2
	# a second of virtual time is a thousand round trips, however long they take
	! virtual_time || threads=1 connections=3 seconds=1
	client wrk -t "$threads" -c "$connections" -d "${seconds}s" --timeout 10s "http://$URL_ADDRESS:8080/small" >"$DIR/wrk" 2>&1
	cat "$DIR/wrk"
	grep -q '^Requests/sec: *[1-9]' "$DIR/wrk" && ! grep -q -E 'Socket errors|Non-2xx' "$DIR/wrk"
}

nginx_cases() {
	exchange 'a file' nginx_get "http://$URL_ADDRESS:8080"
	exchange 'a file over TLS' nginx_get "https://$URL_ADDRESS:8443"
	exchange 'keepalive' nginx_keepalive
	exchange 'ranges' nginx_ranges
	exchange 'wrk' nginx_wrk
}
