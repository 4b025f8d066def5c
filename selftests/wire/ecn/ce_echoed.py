# SPDX-License-Identifier: GPL-2.0
"""CE is echoed by ECE in every ACK until CWR comes. RFC 3168 6.1.3."""


def run(t):
    c = t.accept(syn="SEC")
    c.inject("A", 1000, tos=3)
    c.expect("AE", ack=1001)
    c.inject("A", 1000, tos=2)
    c.expect("AE", ack=2001)
    c.inject("AC", 1000, tos=2)
    got = c.until(lambda s: s.ack - c.iss == 3001, 100)
    c.check("E" not in got.flags, "ECE after CWR")
    c.inject("A", 1000, tos=2)
    got = c.until(lambda s: s.ack - c.iss == 4001, 100)
    c.check("E" not in got.flags, "ECE after CWR")
