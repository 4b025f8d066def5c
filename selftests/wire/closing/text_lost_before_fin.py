# SPDX-License-Identifier: GPL-2.0
"""The text before the peer's FIN was lost: the FIN waits, SACK asks for the text. RFC 9293 3.10.7.4, RFC 2018."""


def run(t):
    c = t.accept()
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.inject("FPA", 100, seq=201)
    got = c.expect("A", ack=101)
    c.check(got.sack, "no SACK")
    c.inject("PA", 100, seq=101)
    c.expect("A", ack=302, within=60)
    c.read(300)
    c.eof()
