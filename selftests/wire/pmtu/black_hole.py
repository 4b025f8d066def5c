# SPDX-License-Identifier: GPL-2.0
"""Where packet too big never comes, time-outs lower the segment size. RFC 4821 7.7, ip-sysctl tcp_mtu_probing."""


def run(t):
    t.sysctl("tcp_mtu_probing", 1)
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(5 * size)
    c.drain(5)
    smallest = size
    for _ in range(12):
        got = c.until(lambda s: s.data, 200000)
        smallest = min(smallest, len(got.data))
    c.check(smallest <= 1024, f"the smallest segment had {smallest} bytes")
