# SPDX-License-Identifier: GPL-2.0
"""An ACK without SYN does not open a connection in SYN-SENT, acceptable or not. RFC 9293 3.10.7.3."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("A", ack=1)
    c.quiet(300)
    c.inject("A", ack=5)
    c.expect("R", seq=5)
    c.equal(c.state(), "SYN_SENT")
    c.inject("SA", seq=0)
    c.expect("A", ack=1)
