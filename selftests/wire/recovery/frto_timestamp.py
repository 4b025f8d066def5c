# SPDX-License-Identifier: GPL-2.0
"""The echo says that the ACK after a time-out is of the first transmission: undone. RFC 3522 3.2, RFC 4015,
RFC 5682."""


def run(t):
    c = t.accept(ts=True)
    size = c.mss
    c.write(10 * size)
    got = c.expect_data(10)
    c.expect("A", size, seq=1, after=300)
    t.sleep(5)
    c.ack(5 * size + 1, ts=(c.ts_now(), got[0].ts[0]))
    c.ack(10 * size + 1, ts=(c.ts_now(), got[0].ts[0]))
    t.sleep(5)
    c.check(c.info()["snd_cwnd"] >= 10, f"cwnd {c.info()['snd_cwnd']}")
    c.equal(c.info()["total_retrans"], 1, "retransmissions")
