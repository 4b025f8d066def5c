# SPDX-License-Identifier: GPL-2.0
"""A cookie keeps the peer's MSS, as near as its few bits can. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    size = 1460 if t.version == 4 else 1440
    c = t.accept(mss=size)
    c.write(4 * size)
    got = c.drain(5)
    c.check(max(len(s.data) for s in got) <= size, "segments too large")
    c.check(max(len(s.data) for s in got) >= 1200, "segments too small")
