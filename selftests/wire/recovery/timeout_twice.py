# SPDX-License-Identifier: GPL-2.0
"""A second time-out for the same text does not halve again. RFC 5681 3.1 (4)."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    c.expect("A", 1000, seq=1, after=600)
    c.equal(c.info()["snd_ssthresh"], 5, "ssthresh")
