# SPDX-License-Identifier: GPL-2.0
"""The search for the path's MTU begins at tcp_base_mss. RFC 4821 7.1, ip-sysctl."""


def run(t):
    t.sysctl("tcp_mtu_probing", 2)
    t.sysctl("tcp_base_mss", 700)
    c = t.connect(mss=1400, ts=True)
    c.write(5000)
    got = c.expect("A", 700)
    c.equal(len(got.data), 700, "the first segment")
