# SPDX-License-Identifier: GPL-2.0
"""The RST of an aborted connection is lost: it is not sent again, but what the peer still sends is answered by one.
RFC 9293 3.10.5, 3.10.7.1."""


def run(t):
    c = t.accept()
    c.linger(0)
    c.close()
    c.expect("RA", seq=1, ack=1)
    c.quiet(5000)
    c.inject("PA", 10)
    c.expect("R", seq=1)
    c.inject("A", ack=1)
    c.expect("R", seq=1)
