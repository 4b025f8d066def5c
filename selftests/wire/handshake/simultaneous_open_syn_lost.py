# SPDX-License-Identifier: GPL-2.0
"""Of two SYNs that cross ours is lost: the peer's is answered by a SYN-ACK, which is what opens. RFC 9293 3.5,
figure 7, 3.10.7.3."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.expect("S", seq=0, after=1000, within=40)
    c.inject("S")
    c.expect("SA", seq=0, ack=1)
    c.inject("SA", seq=0, ack=1)
    c.drain(50)
    c.equal(c.state(), "ESTABLISHED")
    c.write(100)
    c.expect("PA", 100, ack=1)
