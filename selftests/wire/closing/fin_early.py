# SPDX-License-Identifier: GPL-2.0
"""A FIN beyond a gap waits until the text before it is there. RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept()
    c.inject("FA", 100, seq=101)
    c.expect("A", ack=1, sack=lambda blocks: blocks and blocks[0][0] == 101)
    c.nothing_to_read()
    c.equal(c.state(), "ESTABLISHED")
    c.inject("A", 100, seq=1)
    c.expect("A", ack=202, within=60)
    c.read(200)
    c.eof()
