# SPDX-License-Identifier: GPL-2.0
"""Challenge ACKs of one connection are limited by tcp_invalid_ratelimit. RFC 5961 7, ip-sysctl."""


def run(t):
    c = t.accept()
    c.inject("S", seq=500)
    c.expect("A", ack=1)
    c.inject("S", seq=500)
    c.inject("S", seq=600)
    c.quiet(450)
    t.sleep(100)
    c.inject("S", seq=500)
    c.expect("A", ack=1)
