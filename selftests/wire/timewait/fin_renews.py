# SPDX-License-Identifier: GPL-2.0
"""A FIN in TIME-WAIT begins the time anew. RFC 9293 3.10.7.4 eighth step."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(50000)
    c.inject("FA", seq=1)
    c.expect("A", ack=2)
    t.sleep(50000)
    c.inject("FA", seq=1)
    c.expect("A", ack=2)
