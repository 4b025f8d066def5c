# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# PostgreSQL: pgbench, and afterwards the books must balance. Without parallel workers: who leads them spins until they
# have come, which in virtual time is for ever.

postgres_bin() {
	local bin
	for bin in /usr/lib/postgresql/*/bin; do
		[ ! -x "$bin/initdb" ] || { printf '%s\n' "$bin"; return; }
	done
}

postgres_as() {
	setpriv --reuid=postgres --regid=postgres --init-groups "$@"
}

postgres_start() {
	local bin
	bin=$(postgres_bin)
	if [ ! -e "$DIR/pg/PG_VERSION" ]; then
		mkdir -p "$DIR/pg" && chown postgres "$DIR/pg" && chmod 700 "$DIR/pg"
		postgres_as "$bin/initdb" -A trust -N -D "$DIR/pg" >"$DIR/initdb.log" 2>&1 || return
		printf 'host all all all trust\n' >>"$DIR/pg/pg_hba.conf"
	fi
	start postgres setpriv --reuid=postgres --regid=postgres --init-groups "$bin/postgres" -D "$DIR/pg" -p 5432 \
		-h '*' -k "$DIR/pg" -F -c max_parallel_maintenance_workers=0 -c max_parallel_workers_per_gather=0
	await_port 5432 && until_true postgres_as psql -h "$DIR/pg" -c 'select 1' postgres
}

postgres_bench() {
	local bin
	bin=$(postgres_bin)
	client "$bin/pgbench" -h "$ADDRESS" -U postgres -i -s 1 -q postgres >"$DIR/pgbench" 2>&1 || { cat "$DIR/pgbench"; return 1; }
	client "$bin/pgbench" -h "$ADDRESS" -U postgres -c 4 -t 25 postgres >"$DIR/pgbench" 2>&1 || { cat "$DIR/pgbench"; return 1; }
	grep 'transactions actually processed: 100/100' "$DIR/pgbench" || return
	[ "$(client psql -h "$ADDRESS" -U postgres -At postgres -c '
		select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)
		   and (select sum(bbalance) from pgbench_branches) = (select sum(tbalance) from pgbench_tellers)
		   and (select count(*) from pgbench_history) = 100')" = t ]
}

postgres_copy() {
	client psql -h "$ADDRESS" -U postgres -At postgres -c "select repeat('x', 1000) from generate_series(1, 3000)" >"$DIR/rows"
	[ "$(wc -c <"$DIR/rows")" = 3003000 ]
}

postgres_cases() {
	exchange 'pgbench' postgres_bench
	exchange 'three megabytes of rows' postgres_copy
}
