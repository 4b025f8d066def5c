# SPDX-License-Identifier: GPL-2.0
"""Pure ACKs, FINs without text and retransmissions are not ECT. RFC 3168 6.1.4, 6.1.5."""


def run(t):
    c = t.accept(syn="SEC")
    c.inject("A", 1000, tos=2)
    c.expect("A", ack=1001, ecn=0)
    c.write(1000)
    c.expect("A", 1000, ecn=2)
    c.expect("A", 1000, seq=1, after=300, ecn=0)
    c.ack()
    c.shutdown()
    c.expect("FA", ecn=lambda ecn: True)
