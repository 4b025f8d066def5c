# SPDX-License-Identifier: GPL-2.0
"""The time-out is 120 s at most. RFC 6298 2.5."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    seen = [c.until(lambda s: True, 200000).time for _ in range(12)]
    c.between(seen[-1] - seen[-2], 119000, 138000, "the last time-out")
