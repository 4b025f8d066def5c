# SPDX-License-Identifier: GPL-2.0
"""A listener without TCP_FASTOPEN gives no cookie. tcp(7), RFC 7413."""

from lib.segment import FAST_OPEN


def run(t):
    t.sysctl("tcp_fastopen", 3)
    t.listen()
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    got = c.expect("SA", ack=1)
    c.check(FAST_OPEN not in got.options, "a cookie")
