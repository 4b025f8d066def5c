# SPDX-License-Identifier: GPL-2.0
"""Port unreachable in SYN-SENT ends connect() with ECONNREFUSED. RFC 9293 3.9.2.2, RFC 1122 4.2.3.9."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.icmp("port")
    c.fails("ECONNREFUSED")
    c.quiet(5000)
