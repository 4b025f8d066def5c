# SPDX-License-Identifier: GPL-2.0
"""One segment behind a hole: it is resent after a quarter of the RTT, not at once. RFC 8985 6.2."""


def run(t):
    c = t.accept()
    c.write(3000)
    c.expect_data(3)
    t.sleep(100)
    c.ack(1, sack=[(1001, 2001)])
    c.expect("A", 1000, seq=1, after=25, within=12)
