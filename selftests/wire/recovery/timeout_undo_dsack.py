# SPDX-License-Identifier: GPL-2.0
"""All that a time-out resent is D-SACKed: it was spurious, and is undone. RFC 3708 3, RFC 4015."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    c.expect("A", 1000, seq=1, after=300)
    c.ack(5001, sack=[(1, 1001)])
    c.drain(5)
    t.sleep(5)
    c.check(c.info()["snd_cwnd"] >= 5, f"cwnd {c.info()['snd_cwnd']}")
