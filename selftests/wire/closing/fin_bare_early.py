# SPDX-License-Identifier: GPL-2.0
"""A FIN without text beyond a gap is not taken before the gap is filled. RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept()
    c.inject("FA", seq=101)
    c.drain(60)
    c.equal(c.state(), "ESTABLISHED")
    c.inject("A", 100, seq=1)
    got = c.drain(60)[-1]
    c.check(got.ack - c.iss in (101, 102), "the ACK")
    if got.ack - c.iss == 101:
        c.inject("FA", seq=101)
        c.expect("A", ack=102, within=60)
    c.read(100)
    c.eof()
