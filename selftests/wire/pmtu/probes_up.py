# SPDX-License-Identifier: GPL-2.0
"""tcp_mtu_probing 2: beginning with a safe size, larger segments are tried. RFC 4821 7, ip-sysctl."""


def run(t):
    t.sysctl("tcp_mtu_probing", 2)
    c = t.connect(mss=1460)
    sizes = []
    for _ in range(12):
        c.write(60000)
        for _ in range(40):
            got = [s for s in c.drain(10) if s.data]
            sizes += [len(s.data) for s in got]
            if not got:
                break
            t.sleep(90)
            c.ack()
    c.check(sizes[0] <= 1040, f"the first segment had {sizes[0]} bytes")
    c.check(max(sizes) > 1040, "no larger segment was tried")
