# SPDX-License-Identifier: GPL-2.0
"""A RST outside the window does not end TIME-WAIT. RFC 5961 3.2, RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    c.inject("R", seq=-1000)
    c.inject("R", seq=200000)
    t.sleep(1000)
    c.drain()
    c.inject("FA", seq=1)
    c.expect("A", seq=2, ack=2)
