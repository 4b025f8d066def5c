# SPDX-License-Identifier: GPL-2.0
"""Host unreachable in SYN-SENT ends connect() with EHOSTUNREACH. RFC 5461 3, tcp(7)."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.icmp("host")
    c.fails("EHOSTUNREACH")
