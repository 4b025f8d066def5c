# SPDX-License-Identifier: GPL-2.0
"""An echo of a time that has not come yet, or of none, is no sample of the RTT. RFC 7323 4.1, 3.2 (TSecr is only valid
with ACK, and never from the future)."""

from lib.conn import ANY


def run(t):
    c = t.accept(rtt=100, ts=True)
    echoes = (lambda: c.ts_recent + 3600 * 1000, lambda: c.ts_recent - 0x7fffff00, lambda: 0)
    for wait, echo in zip((300, 600, 1200), echoes):
        c.write(100)
        c.expect("PA", 100)
        c.expect("PA", 100, seq=ANY, after=wait)
        c.ack(ts=(c.ts_now(), echo()))
        t.sleep(5)
        c.between(c.info()["rtt"], 80000, 120000, "SRTT")
        t.sleep(200)
