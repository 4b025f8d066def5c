# SPDX-License-Identifier: GPL-2.0
"""A time-out sets ssthresh to half of what was in flight, cwnd to 1. RFC 5681 3.1 (4)."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    info = c.info()
    c.equal(info["snd_ssthresh"], 5, "ssthresh")
    c.equal(info["snd_cwnd"], 1, "cwnd")
