# SPDX-License-Identifier: GPL-2.0
"""A segment without SYN, ACK or RST is dropped in SYN-SENT. RFC 9293 3.10.7.3 fifth step."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("", 10, seq=1)
    c.inject("F", seq=0)
    c.quiet(300)
    c.inject("SA", seq=0)
    c.expect("A", ack=1)
