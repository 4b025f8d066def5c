# SPDX-License-Identifier: GPL-2.0
"""A RST after text that was SACKed is challenged as any in the window is. RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("A", 100, seq=501)
    c.expect("A", ack=1, sack=[(501, 601)])
    c.inject("R", seq=601)
    c.expect("A", ack=1)
    c.equal(c.state(), "ESTABLISHED")
