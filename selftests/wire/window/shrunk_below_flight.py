# SPDX-License-Identifier: GPL-2.0
"""The window shrinks below what is in flight; the retransmission comes all the same. RFC 9293 3.8.6 (MUST-14)."""


def run(t):
    c = t.accept(win=5000)
    c.write(5000)
    c.expect_data(5)
    c.ack(1001, win=0)
    got = c.until(lambda s: True, 2000)
    c.check(got.seq - c.irs in (1000, 1001), "neither a retransmission nor a probe")
    c.ack(5001, win=5000)
    c.quiet(50)
