# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK with an unacceptable ACK gets a RST at that number; the connection waits on. RFC 9293 3.10.7.3."""


def run(t):
    for wrong in (0, 2, 100000):
        c = t.dial()
        c.expect("S")
        c.inject("SA", ack=wrong, seq=0)
        c.expect("R", seq=wrong)
        c.equal(c.state(), "SYN_SENT")
        c.inject("SA", seq=0)
        c.expect("A", ack=1)
