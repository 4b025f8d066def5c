# SPDX-License-Identifier: GPL-2.0
"""The search for the path's MTU ends when what is left of it is less than tcp_probe_threshold, and begins again after
tcp_probe_interval seconds. RFC 4821 7.3, ip-sysctl."""


def largest(t, c, rounds):
    most = 0
    for _ in range(rounds):
        c.write(30000)
        for _ in range(40):
            got = [s for s in c.drain(10) if s.data]
            most = max([most] + [len(s.data) for s in got])
            if not got:
                break
            t.sleep(90)
            c.ack()
    return most


def run(t):
    t.sysctl("tcp_mtu_probing", 2)
    t.sysctl("tcp_base_mss", 900)
    t.sysctl("tcp_probe_threshold", 1000)
    t.sysctl("tcp_probe_interval", 600)
    c = t.connect(mss=1400, ts=True)
    c.equal(largest(t, c, 8), 900, "the largest segment: 500 bytes are not worth a probe")
    t.sysctl("tcp_probe_threshold", 8)
    t.sleep(700000)
    c.check(largest(t, c, 8) > 900, "no larger segment was tried")
