# SPDX-License-Identifier: GPL-2.0
"""The echo is that of the first transmission: the retransmission was needless, and undone. RFC 3522 3.2, RFC 4015."""


def run(t):
    c = t.accept(ts=True)
    size = c.mss
    c.write(10 * size)
    got = c.expect_data(10)
    t.sleep(100)
    for n in (2, 3, 4):
        c.ack(1, sack=[(size + 1, n * size + 1)])
    c.expect("A", size, seq=1)
    t.sleep(10)
    c.ack(10 * size + 1, ts=(c.ts_now(), got[-1].ts[0]))
    t.sleep(5)
    c.check(c.info()["snd_cwnd"] >= 10, f"cwnd {c.info()['snd_cwnd']}")
