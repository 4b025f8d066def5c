# SPDX-License-Identifier: GPL-2.0
"""SACK-permitted in a SYN-ACK to a SYN without it is not used. RFC 2018 2."""


def run(t):
    t.sysctl("tcp_sack", 0)
    t.sysctl("tcp_timestamps", 0)
    c = t.dial()
    c.expect("S", sack_ok=False)
    c.inject("SA", options=b"\2\4\3\xe8\1\1\4\2")
    c.expect("A", ack=1)
    c.inject("PA", 100, seq=201)
    c.expect("A", ack=1, sack=[])
