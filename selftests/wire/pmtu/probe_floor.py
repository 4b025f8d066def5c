# SPDX-License-Identifier: GPL-2.0
"""A black hole makes segments no smaller than tcp_mtu_probe_floor, and before that tcp_base_mss. RFC 4821 7.7,
ip-sysctl."""


def run(t):
    t.sysctl("tcp_mtu_probing", 1)
    t.sysctl("tcp_base_mss", 800)
    t.sysctl("tcp_mtu_probe_floor", 640)
    c = t.accept(mss=1400)
    c.write(5600)
    c.drain(5)
    sizes = [len(c.until(lambda s: s.data, 200000).data) for _ in range(13)]
    c.check(800 in sizes or 640 in sizes, f"the segments had {sizes} bytes")
    c.equal(min(sizes), 640, "the smallest segment")
