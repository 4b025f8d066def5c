# SPDX-License-Identifier: GPL-2.0
"""The RST to a SYN with text acknowledges all of it. RFC 9293 3.10.7.1."""


def run(t):
    c = t.peer(81)
    c.inject("S", b"x" * 10, seq=0)
    got = c.expect("RA", ack=11)
    c.equal(got.seq, 0, "the sequence number")
