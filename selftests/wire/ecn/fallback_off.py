# SPDX-License-Identifier: GPL-2.0
"""tcp_ecn_fallback 0: a SYN that gets no answer asks for ECN again. RFC 3168 6.1.1.1, ip-sysctl."""


def run(t):
    t.sysctl("tcp_ecn", 1)
    t.sysctl("tcp_ecn_fallback", 0)
    c = t.dial()
    c.expect("SEC")
    c.expect("SEC", seq=0, after=1000)
    c.inject("SA")
    c.expect("A", ack=1)
