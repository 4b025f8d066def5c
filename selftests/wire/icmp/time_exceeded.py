# SPDX-License-Identifier: GPL-2.0
"""Time exceeded is no reason to end. RFC 9293 3.9.2.2 (MUST-56)."""


def run(t):
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    c.icmp("expired")
    t.sleep(5)
    c.equal(c.state(), "ESTABLISHED")
    c.ack()
    c.inject("PA", 10)
    c.expect("A", ack=11)
