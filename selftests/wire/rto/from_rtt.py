# SPDX-License-Identifier: GPL-2.0
"""The time-out is SRTT + 4 RTTVAR, the latter at least 200 ms here: 300 ms for an RTT of 100 ms. RFC 6298 2,
ip-sysctl."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
