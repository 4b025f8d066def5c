# SPDX-License-Identifier: GPL-2.0
"""A SYN carries a TSecr of 0, whatever was before; a SYN-ACK echoes the SYN. RFC 7323 3.2."""


def run(t):
    c = t.dial()
    c.expect("S", ts=lambda ts: ts[1] == 0)
    t.listen()
    c = t.peer(ts=True)
    c.inject("S")
    c.expect("SA", ack=1, ts=lambda ts: ts[1] == 5000 + int(c.test.mark - t.began))
