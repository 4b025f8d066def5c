# SPDX-License-Identifier: GPL-2.0
"""A FIN that comes again is acknowledged again. RFC 9293 3.10.7.4 eighth step."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    t.sleep(1000)
    c.inject("FA", seq=1)
    c.expect("A", ack=2)
    c.equal(c.state(), "CLOSE_WAIT")
