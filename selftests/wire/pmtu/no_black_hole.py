# SPDX-License-Identifier: GPL-2.0
"""tcp_mtu_probing 0: time-outs do not change the segment size. ip-sysctl, RFC 4821."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(2 * size)
    c.drain(5)
    for _ in range(8):
        got = c.until(lambda s: s.data, 200000)
        c.equal(len(got.data), size, "the segment's size")
