# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK with a wrong checksum is dropped. RFC 9293 3.1."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("SA", seq=0, bad_checksum=True)
    c.quiet(500)
    c.inject("SA", seq=0)
    c.expect("A", ack=1)
