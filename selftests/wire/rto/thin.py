# SPDX-License-Identifier: GPL-2.0
"""tcp_thin_linear_timeouts: a stream of few packets does not back off for its first time-outs. ip-sysctl, tcp-thin."""


def run(t):
    t.sysctl("tcp_thin_linear_timeouts", 1)
    c = t.accept(rtt=100)
    # beyond the initial slow start
    c.write(1000)
    c.expect("PA", 1000)
    t.sleep(100)
    c.ack()
    c.write(10000)
    c.drain(10)
    c.ack()
    t.sleep(300)
    c.drain(0)
    c.write(100)
    c.expect("PA", 100)
    c.until(lambda s: s.data, 1000)
    start = t.mark
    for _ in range(4):
        c.until(lambda s: s.data, 5000)
    c.check(t.mark - start < 2400, f"four time-outs took {t.mark - start:.0f} ms")
