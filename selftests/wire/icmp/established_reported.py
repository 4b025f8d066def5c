# SPDX-License-Identifier: GPL-2.0
"""A connection that times out reports the soft error that came last. RFC 1122 4.2.3.9, RFC 5461, tcp(7)."""


def run(t):
    t.sysctl("tcp_retries2", 3)
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    c.icmp("host")
    c.drain(30000)
    c.fails("EHOSTUNREACH")
