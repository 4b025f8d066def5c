# SPDX-License-Identifier: GPL-2.0
"""After tcp_syn_retries SYNs more connect() fails with ETIMEDOUT. RFC 9293 3.8.3, tcp(7)."""


def run(t):
    t.sysctl("tcp_syn_retries", 2)
    c = t.dial()
    c.expect("S")
    c.expect("S", seq=0, after=1000)
    c.expect("S", seq=0, after=2000)
    c.quiet(3900)
    c.fails("ETIMEDOUT", ms=700)
    c.quiet(30000)
