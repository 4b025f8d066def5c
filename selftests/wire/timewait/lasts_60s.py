# SPDX-License-Identifier: GPL-2.0
"""TIME-WAIT lasts 60 s. RFC 9293 3.4.2 (2 MSL), tcp(7)."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(58000)
    c.inject("PA", b"z", seq=0)
    c.expect("A", seq=2, ack=2)
    t.sleep(66000)
    c.inject("A")
    c.expect("R", seq=2)
