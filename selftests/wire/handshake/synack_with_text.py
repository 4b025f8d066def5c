# SPDX-License-Identifier: GPL-2.0
"""Text in a SYN-ACK is taken or asked for again, never lost or taken twice. RFC 9293 3.10.7.3 eighth step."""

from lib.segment import pattern


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("SA", pattern(0, 50), seq=0)
    got = c.expect("A")
    c.check(got.ack - c.iss in (1, 51), "the ACK is that of the SYN, or of the text too")
    c.inject("PA", pattern(0, 80), seq=1, ack=1)
    c.expect("A", ack=81)
    c.read(80)
