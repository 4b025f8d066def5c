# SPDX-License-Identifier: GPL-2.0
"""A RST ends LAST-ACK. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.shutdown()
    c.expect("FA")
    c.inject("R")
    t.sleep(5)
    c.equal(c.state(), "CLOSE")
    c.quiet(3000)
