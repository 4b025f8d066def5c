# SPDX-License-Identifier: GPL-2.0
"""The ACK of what was resent is no sample, so the next text's time-out is still backed off: else a path that became slow
would be resent into for ever. RFC 6298 3, 5.5-5.7 (Karn's other half)."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
    c.ack()
    t.sleep(100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=101, after=600)
    c.ack()
    t.sleep(100)
    c.write(100)
    c.expect("PA", 100)
    t.sleep(100)
    c.ack()
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=301, after=300, within=60)
