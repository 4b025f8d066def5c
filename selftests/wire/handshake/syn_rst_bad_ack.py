# SPDX-License-Identifier: GPL-2.0
"""A RST with an unacceptable ACK is dropped in SYN-SENT. RFC 9293 3.10.7.3 first step."""


def run(t):
    c = t.dial()
    c.expect("S")
    for wrong in (0, 2, -100000):
        c.inject("RA", ack=wrong)
    # Linux repeats its SYN soon, thinking of a RST for an older connection.
    c.check(all(s.flags == "S" for s in c.drain(500)), "something else than a SYN")
    c.equal(c.state(), "SYN_SENT")
    c.inject("SA", seq=0)
    c.expect("A", ack=1)
