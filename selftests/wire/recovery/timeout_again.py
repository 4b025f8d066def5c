# SPDX-License-Identifier: GPL-2.0
"""A time-out while the last one's losses are being repaired. RFC 6298 5.5, RFC 5681 3.1."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    t.sleep(100)
    c.ack(1001)
    c.drain(10)
    c.until(lambda s: s.data, 5000, "a second time-out")
