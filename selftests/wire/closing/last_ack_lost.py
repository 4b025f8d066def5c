# SPDX-License-Identifier: GPL-2.0
"""The ACK of our FIN in LAST-ACK is lost: the FIN comes again until it is acknowledged. RFC 9293 3.6."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.close()
    c.expect("FA", ack=2)
    for wait in (300, 600, 1200):
        c.expect("FA", seq=1, ack=2, after=wait)
    c.ack(2)
    c.quiet(5000)
