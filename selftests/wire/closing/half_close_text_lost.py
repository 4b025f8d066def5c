# SPDX-License-Identifier: GPL-2.0
"""Text that is sent after the peer's FIN and lost is resent as any other is. RFC 9293 3.6 case 2, 3.8.1."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.write(1000)
    c.expect("PA", 1000, ack=2)
    c.expect("PA", 1000, seq=1, ack=2, after=300)
    c.ack()
    c.equal(c.state(), "CLOSE_WAIT")
    c.write(10)
    c.expect("PA", 10, ack=2)
