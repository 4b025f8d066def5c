# SPDX-License-Identifier: GPL-2.0
"""In a simultaneous open the peer's SYN-ACK completes the connection as its ACK would. RFC 9293 3.5, figure 7."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("S")
    c.expect("SA", seq=0, ack=1)
    c.inject("SA", seq=0, ack=1)
    # Figure 7 has no ACK of this, and it does no harm.
    c.check(all(s.flags == "A" and not s.data for s in c.drain(50)), "more than an ACK")
    c.equal(c.state(), "ESTABLISHED")
    c.write(100)
    c.expect("PA", 100, ack=1)
