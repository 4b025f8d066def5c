# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# iperf3: both directions, sendfile, several streams. A number of bytes, not a time: in virtual time a transfer takes
# none.

iperf3_start() {
	start iperf3 iperf3 -s -p 5201 --forceflush
	await_port 5201
}

# iperf3_run OPTION...: bytes arrived, in each direction that was asked for. The client ends when all is sent, by
# whichever direction, and what the server has not read by then is not counted: small buffers bound that, to a quarter
# of a MiB per stream.
iperf3_run() {
	client iperf3 -c "$ADDRESS" -p 5201 -n 4M -w 64K --json "$@" >"$DIR/iperf.json" || {
		grep error "$DIR/iperf.json"
		return 1
	}
	python3 - "$DIR/iperf.json" <<-'END'
		import json, sys
		end = json.load(open(sys.argv[1]))["end"]
		sums = [end[k]["bytes"] for k in end if k.startswith("sum_received")]
		print("received:", sums)
		sys.exit(not sums or min(sums) == 0 or sum(sums) < 1 << 20)
	END
}

iperf3_cases() {
	exchange 'to the server' iperf3_run
	exchange 'from the server (-R)' iperf3_run -R
	exchange 'both ways (--bidir)' iperf3_run --bidir
	exchange 'sendfile (-Z)' iperf3_run -Z
	exchange 'eight streams (-P 8)' iperf3_run -P 8
}
