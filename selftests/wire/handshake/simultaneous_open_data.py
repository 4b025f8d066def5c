# SPDX-License-Identifier: GPL-2.0
"""Text that comes with the ACK of a simultaneous open is taken. RFC 9293 3.10.7.4."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("S")
    c.expect("SA", seq=0, ack=1)
    c.inject("PA", 200, ack=1)
    c.expect("A", ack=201)
    c.read(200)
