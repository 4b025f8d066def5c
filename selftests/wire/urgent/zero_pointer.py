# SPDX-License-Identifier: GPL-2.0
"""An urgent pointer of 0 does no harm. RFC 6093 2."""


def run(t):
    c = t.accept()
    c.inject("PAU", 100, urp=0)
    c.expect("A", ack=101)
    c.inject("PA", 100)
    c.expect("A", ack=201)
    c.equal(len(c.sock.recv(300)) >= 99, True, "the stream")
