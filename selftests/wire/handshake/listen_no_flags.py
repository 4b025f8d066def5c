# SPDX-License-Identifier: GPL-2.0
"""A listener drops a segment without SYN, ACK or RST. RFC 9293 3.10.7.2 fourth step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("", b"abc", seq=0)
    c.inject("F", seq=0)
    c.inject("FPU", b"abc", seq=0)
    c.quiet(1000)
