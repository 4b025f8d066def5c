# SPDX-License-Identifier: GPL-2.0
"""Text comes before our FIN is acknowledged: it is taken. RFC 9293 3.10.7.4 seventh step."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("PA", 100, ack=1)
    c.expect("A", seq=2, ack=101)
    c.read(100)
    c.equal(c.state(), "FIN_WAIT1")
