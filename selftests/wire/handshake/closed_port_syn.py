# SPDX-License-Identifier: GPL-2.0
"""A SYN to a port where nobody listens gets RST, ACK of it. RFC 9293 3.10.7.1."""


def run(t):
    c = t.peer(81)
    c.inject("S")
    got = c.expect("RA", ack=1)
    c.equal(got.seq, 0, "the sequence number")
