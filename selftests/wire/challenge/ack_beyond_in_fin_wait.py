# SPDX-License-Identifier: GPL-2.0
"""An ACK beyond the FIN does not end FIN-WAIT-1. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("A", ack=3)
    c.expect("A", seq=2, ack=1)
    c.equal(c.state(), "FIN_WAIT1")
    c.inject("A", ack=2)
    t.sleep(5)
    c.equal(c.state(), "FIN_WAIT2")
