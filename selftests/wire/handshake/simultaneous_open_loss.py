# SPDX-License-Identifier: GPL-2.0
"""Of a simultaneous open the SYN-ACK is lost: it is sent again as a SYN-ACK. RFC 9293 3.5, RFC 6298 5.5."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("S")
    c.expect("SA", seq=0, ack=1)
    c.expect("SA", seq=0, ack=1, after=1000, within=40)
    c.inject("A", ack=1)
    c.quiet(100)
    c.equal(c.state(), "ESTABLISHED")
