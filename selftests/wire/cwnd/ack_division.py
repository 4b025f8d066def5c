# SPDX-License-Identifier: GPL-2.0
"""ACKs of a few bytes each do not open the window faster. RFC 5681 3.1, RFC 3465 2.3."""


def run(t):
    c = t.accept()
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    for i in range(1, 21):
        c.ack(50 * i + 1)
    got = c.drain(5)
    c.check(len(got) <= 3, f"{len(got)} segments for one")
    c.between(c.info()["snd_cwnd"], 10, 12, "cwnd")
