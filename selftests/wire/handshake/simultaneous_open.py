# SPDX-License-Identifier: GPL-2.0
"""SYNs that cross make a connection: each is answered by a SYN-ACK. RFC 9293 3.5, figure 7."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("S")
    c.expect("SA", seq=0, ack=1)
    c.inject("A", ack=1)
    c.quiet(100)
    c.equal(c.state(), "ESTABLISHED")
    c.write(100)
    c.expect("PA", 100, ack=1)
