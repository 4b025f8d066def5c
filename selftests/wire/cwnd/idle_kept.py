# SPDX-License-Identifier: GPL-2.0
"""tcp_slow_start_after_idle 0: the window is kept. ip-sysctl, RFC 5681 4.1."""


def run(t):
    t.sysctl("tcp_slow_start_after_idle", 0)
    c = t.accept()
    c.write(30000)
    c.expect_data(10)
    t.sleep(100)
    c.ack()
    c.expect_data(20)
    t.sleep(100)
    c.ack()
    t.sleep(10000)
    c.write(40000)
    got = c.drain(200)
    c.check(len(got) >= 20, f"{len(got)} segments")
