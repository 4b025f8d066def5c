# SPDX-License-Identifier: GPL-2.0
"""The peer closes first: CLOSE-WAIT, then our FIN, whose ACK ends all. RFC 9293 3.6, figure 12."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.eof()
    c.equal(c.state(), "CLOSE_WAIT")
    c.close()
    c.expect("FA", ack=2)
    c.ack()
    c.quiet(1000)
    c.ack()
    c.expect("R", seq=2)
