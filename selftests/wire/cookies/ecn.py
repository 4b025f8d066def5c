# SPDX-License-Identifier: GPL-2.0
"""ECN survives a cookie with timestamps. RFC 3168 6.1.1, RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.sysctl("tcp_ecn", 1)
    c = t.accept(mss=1460, ts=True, syn="SEC")
    c.inject("A", 100, tos=3)
    c.until(lambda s: "E" in s.flags, 60, "ECE")
