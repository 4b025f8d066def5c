# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK in a synchronized state gets a challenge ACK. RFC 5961 4.2."""


def run(t):
    c = t.accept()
    c.inject("SA", seq=5)
    c.expect("A", seq=1, ack=1)
    c.equal(c.state(), "ESTABLISHED")
