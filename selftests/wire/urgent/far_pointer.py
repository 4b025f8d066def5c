# SPDX-License-Identifier: GPL-2.0
"""An urgent pointer far beyond the text does not hang the reader. RFC 9293 3.8.5."""


def run(t):
    c = t.accept()
    c.inject("PAU", 100, urp=65535)
    c.expect("A", ack=101)
    c.read(100)
    c.inject("PA", 100)
    c.expect("A", ack=201)
    c.read(100)
    c.inject("FA")
    c.expect("A", ack=202, within=60)
    c.eof()
