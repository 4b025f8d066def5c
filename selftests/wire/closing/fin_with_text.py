# SPDX-License-Identifier: GPL-2.0
"""Text in the peer's FIN is delivered, then the end of file. RFC 9293 3.10.7.4 seventh, eighth step."""


def run(t):
    c = t.accept()
    c.inject("FPA", 100)
    c.expect("A", ack=102, within=60)
    c.read(100)
    c.eof()
