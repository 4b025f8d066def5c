# SPDX-License-Identifier: GPL-2.0
"""A SYN gets a challenge ACK in the closing states too. RFC 5961 4.2."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("S", seq=500)
    c.expect("A", seq=2, ack=1)
    c.equal(c.state(), "FIN_WAIT1")
    c.ack()
    t.sleep(1000)
    c.inject("S", seq=500)
    c.expect("A", seq=2, ack=1)
    c.equal(c.state(), "FIN_WAIT2")
