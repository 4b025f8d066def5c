# SPDX-License-Identifier: GPL-2.0
"""Many ECEs of one round trip reduce once. RFC 3168 6.1.2."""


def run(t):
    c = t.accept(syn="SEC")
    c.write(30000)
    c.expect_data(10)
    t.sleep(100)
    for i in range(1, 10):
        c.inject("AE", ack=1000 * i + 1)
    got = c.drain(5)
    c.equal(sum("C" in s.flags for s in got), 1, "the number of CWRs")
    c.check(c.info()["snd_ssthresh"] >= 5, "reduced more than once")
