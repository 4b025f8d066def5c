# SPDX-License-Identifier: GPL-2.0
"""A path that becomes slow raises the time-out. RFC 6298 2.3."""


def run(t):
    c = t.accept(rtt=10)
    for _ in range(12):
        c.write(100)
        c.expect("PA", 100)
        t.sleep(180)
        c.ack()
    info = c.info()
    c.between(info["rtt"], 130000, 185000, "SRTT")
    c.check(info["rto"] >= 330000, f"a time-out of {info['rto']} us")
