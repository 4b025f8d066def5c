# SPDX-License-Identifier: GPL-2.0
"""The ACK of the peer's FIN was lost: the FIN comes again in LAST-ACK and is acknowledged. RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.close()
    c.expect("FA", ack=2)
    c.inject("FA", seq=1, ack=1)
    c.expect("A", ack=2, seq=2)
    c.ack(2)
    c.quiet(2000)
