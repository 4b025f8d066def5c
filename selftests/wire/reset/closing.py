# SPDX-License-Identifier: GPL-2.0
"""A RST ends CLOSING. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("FA", ack=1)
    c.expect("A", ack=2, within=60)
    c.inject("R")
    t.sleep(5)
    c.equal(c.state(), "CLOSE")
    c.quiet(3000)
