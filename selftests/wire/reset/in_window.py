# SPDX-License-Identifier: GPL-2.0
"""A RST in the window, not at RCV.NXT, gets a challenge ACK and nothing else. RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("R", seq=2)
    c.expect("A", ack=1)
    c.equal(c.state(), "ESTABLISHED")
    t.sleep(1000)
    c.inject("R", seq=30000)
    c.expect("A", ack=1)
    c.inject("PA", 10, seq=1)
    c.expect("A", ack=11)
