# SPDX-License-Identifier: GPL-2.0
"""A segment without ACK, SYN or RST is dropped in a synchronized state. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    c = t.accept()
    c.inject("P", 10)
    c.inject("F", seq=1)
    c.quiet(300)
    c.nothing_to_read()
    c.inject("PA", 10, seq=1)
    c.expect("A", ack=11)
