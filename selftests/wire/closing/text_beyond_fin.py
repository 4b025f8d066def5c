# SPDX-License-Identifier: GPL-2.0
"""Text beyond the peer's FIN is not delivered. RFC 9293 3.10.7.4 seventh step."""


def run(t):
    c = t.accept()
    c.inject("FA", 10)
    c.expect("A", ack=12, within=60)
    c.inject("PA", b"zz", seq=12)
    c.drain(100)
    c.read(10)
    c.eof()
    c.eof()
