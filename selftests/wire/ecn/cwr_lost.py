# SPDX-License-Identifier: GPL-2.0
"""The segment with CWR is lost, so that ECE goes on: the window is not reduced a second time for the same flight, and
what is resent is not ECT. RFC 3168 6.1.2, 6.1.5."""


def run(t):
    c = t.accept(syn="SEC")
    c.write(30000)
    c.expect_data(10)
    t.sleep(100)
    for i in range(1, 10):
        c.inject("AE", ack=1000 * i + 1)
    sent = c.drain(5)
    c.check("C" in sent[0].flags, "no CWR")
    c.equal(sent[0].seq - c.irs, 10001, "the segment with CWR")
    before = c.info()["snd_ssthresh"]
    c.inject("AE", ack=10001)
    c.drain(5)
    t.sleep(100)
    for end in (12001, 13001, 14001):
        c.inject("AE", ack=10001, sack=[(11001, end)])
    got = c.until(lambda s: s.seq - c.irs == 10001, 200, "the segment again")
    c.equal(got.ecn, 0, "ECN of what is resent")
    c.between(c.info()["snd_ssthresh"], before // 2, before, "ssthresh")
