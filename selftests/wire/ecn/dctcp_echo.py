# SPDX-License-Identifier: GPL-2.0
"""DCTCP's receiver echoes each mark, and stops at once when there is none, CWR or not. RFC 8257 3.2."""

import socket

DCTCP = [(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"dctcp")]


def run(t):
    c = t.accept(syn="SEC", options=DCTCP)
    c.inject("A", 1000, tos=2)
    c.expect("A", ack=1001)
    c.inject("A", 1000, tos=3)
    c.until(lambda s: "E" in s.flags and s.ack - c.iss == 2001, 60, "ECE")
    c.inject("A", 1000, tos=2)
    got = c.until(lambda s: s.ack - c.iss == 3001, 60)
    c.check("E" not in got.flags, "ECE for an unmarked segment")
