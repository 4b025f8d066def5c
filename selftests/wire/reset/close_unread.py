# SPDX-License-Identifier: GPL-2.0
"""close() with text unread sends a RST: the peer must know that it was lost. RFC 2525 2.17, RFC 9293 3.6.1."""


def run(t):
    c = t.accept()
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.close()
    c.expect("RA", seq=1, ack=101)
    c.quiet(1000)
