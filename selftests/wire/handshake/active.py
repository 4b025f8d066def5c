# SPDX-License-Identifier: GPL-2.0
"""connect() sends a SYN and acknowledges the SYN-ACK. RFC 9293 3.5."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("SA")
    c.expect("A", ack=1)
    c.quiet(100)
    c.equal(c.state(), "ESTABLISHED")
