# SPDX-License-Identifier: GPL-2.0
"""Old text in TIME-WAIT is answered by an ACK, not by a RST. RFC 9293 3.10.7.4 first step."""


def run(t):
    c = t.accept()
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.read(100)
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=102)
    t.sleep(1000)
    c.inject("PA", 100, seq=1)
    c.expect("A", seq=2, ack=102)
