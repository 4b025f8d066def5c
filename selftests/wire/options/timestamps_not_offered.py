# SPDX-License-Identifier: GPL-2.0
"""Timestamps in a SYN-ACK to a SYN without them are not used. RFC 7323 3.2."""


def run(t):
    t.sysctl("tcp_timestamps", 0)
    c = t.dial()
    c.expect("S", ts=None)
    c.inject("SA", options=b"\2\4\3\xe8\1\1\x08\x0a\0\0\1\1\0\0\0\0")
    c.expect("A", ack=1, ts=None)
    c.write(1000)
    c.expect("PA", 1000, ts=None)
