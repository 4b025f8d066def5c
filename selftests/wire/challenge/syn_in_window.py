# SPDX-License-Identifier: GPL-2.0
"""A SYN in the window of a connection gets a challenge ACK. RFC 5961 4.2."""


def run(t):
    c = t.accept()
    c.inject("S", seq=500)
    c.expect("A", seq=1, ack=1)
    c.equal(c.state(), "ESTABLISHED")
