# SPDX-License-Identifier: GPL-2.0
"""A plain SYN-ACK refuses ECN. RFC 3168 6.1.1."""


def run(t):
    t.sysctl("tcp_ecn", 1)
    c = t.dial()
    c.expect("SEC")
    c.inject("SA")
    c.expect("A", ack=1)
    c.write(1000)
    c.expect("A", 1000, ecn=0)
