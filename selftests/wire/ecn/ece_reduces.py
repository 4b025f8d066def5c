# SPDX-License-Identifier: GPL-2.0
"""ECE reduces the window and is answered by CWR with the next new text. RFC 3168 6.1.2."""


def run(t):
    c = t.accept(syn="SEC")
    c.write(30000)
    c.expect_data(10, ecn=2)
    t.sleep(100)
    c.inject("AE", ack=5001)
    got = c.until(lambda s: s.data, 100)
    c.check("C" in got.flags, "no CWR")
    c.check(c.info()["snd_ssthresh"] <= 8, "ssthresh was not reduced")
