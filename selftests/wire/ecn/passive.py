# SPDX-License-Identifier: GPL-2.0
"""An ECN-setup SYN is answered by an ECN-setup SYN-ACK; text is ECT(0). RFC 3168 6.1.1, 6.1.2."""


def run(t):
    c = t.accept(syn="SEC")
    c.write(2000)
    c.expect_data(2, ecn=2)
