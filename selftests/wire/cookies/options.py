# SPDX-License-Identifier: GPL-2.0
"""With timestamps a cookie keeps window scale and SACK. RFC 4987 3.6, RFC 7323."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    c = t.accept(mss=1460, ts=True, wscale=7)
    c.inject("PA", 100, seq=101)
    c.expect("A", ack=1, sack=[(101, 201)], ts=lambda ts: ts is not None)
    info = c.info()
    c.equal(info["wscale"] & 15, 7, "the peer's window scale")
