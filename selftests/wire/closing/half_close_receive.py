# SPDX-License-Identifier: GPL-2.0
"""After our FIN text can still be received. RFC 9293 3.6 case 1 (half close)."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.ack()
    for i in range(1, 4):
        c.inject("PA", 500)
        c.expect("A", seq=2, ack=500 * i + 1)
    c.read(1500)
    c.inject("FA")
    c.expect("A", seq=2, ack=1502, within=60)
    c.eof()
