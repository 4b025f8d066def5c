# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# redis-server, with redis-cli and redis-benchmark.

redis_start() {
	start redis redis-server --port 6379 --bind 0.0.0.0 :: --protected-mode no --save '' --dir "$DIR"
	await_port 6379
}

redis_value() {
	client redis-cli -h "$ADDRESS" -x set big <"$DIR/www/small" || return
	client redis-cli -h "$ADDRESS" --raw get big | head -c 1000 | same_as "$DIR/www/small"
}

redis_large() {
	head -c 1000000 "$DIR/www/big" >"$DIR/million"
	sha256sum <"$DIR/million" >"$DIR/million.sum"
	client redis-cli -h "$ADDRESS" -x set million <"$DIR/million" || return
	client redis-cli -h "$ADDRESS" --raw get million | head -c 1000000 | same_as "$DIR/million"
}

redis_benchmark() {
	client redis-benchmark -h "$ADDRESS" -n 1000 -c 10 -P 4 -q -t set,get,incr,lpush,lrange_100 >"$DIR/bench" 2>&1
	tr '\r' '\n' <"$DIR/bench" | grep -a 'requests per second' || return
	[ "$(client redis-cli -h "$ADDRESS" --raw get counter:__rand_int__)" -ge 1 ]
}

redis_cases() {
	exchange 'a value' redis_value
	exchange 'a large value' redis_large
	exchange 'redis-benchmark' redis_benchmark
}
