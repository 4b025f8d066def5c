# SPDX-License-Identifier: GPL-2.0
"""Text outside the window gets an ACK of what is expected. RFC 9293 3.10.7.4 first step."""


def run(t):
    c = t.accept()
    c.inject("PA", b"x" * 10, seq=100000)
    c.expect("A", seq=1, ack=1)
    c.nothing_to_read()
