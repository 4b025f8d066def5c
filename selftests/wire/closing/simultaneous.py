# SPDX-License-Identifier: GPL-2.0
"""FINs cross: CLOSING, then TIME-WAIT. RFC 9293 3.6, figure 13."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("FA", ack=1)
    c.expect("A", seq=2, ack=2, within=60)
    c.equal(c.state(), "CLOSING")
    c.ack(2)
    t.sleep(5)
    c.equal(c.state(), "CLOSE")
    c.inject("FA", seq=1, ack=2)
    c.expect("A", seq=2, ack=2)
