# SPDX-License-Identifier: GPL-2.0
"""tcp_ecn 1: an ECN-setup SYN is sent, and text is ECT(0) once the peer agrees. RFC 3168 6.1.1."""


def run(t):
    t.sysctl("tcp_ecn", 1)
    c = t.dial()
    c.expect("SEC", ecn=0)
    c.inject("SAE")
    c.expect("A", ack=1, ecn=0)
    c.write(1000)
    c.expect("A", 1000, ecn=2)
