# SPDX-License-Identifier: GPL-2.0
"""Probes are at most 120 s apart. RFC 9293 3.8.6.1, RFC 6298 2.5."""


def run(t):
    c = t.accept(win=2000)
    c.write(5000)
    c.expect_data(2)
    c.ack(win=0)
    last, gaps = None, []
    for _ in range(14):
        got = c.until(lambda s: s.seq - c.irs == 2000, 200000, "a probe")
        gaps.append(got.time - last if last else 0)
        last = got.time
        c.ack(win=0)
    c.between(gaps[-1], 119000, 138000, "the last gap")
