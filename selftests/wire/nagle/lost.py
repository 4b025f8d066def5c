# SPDX-License-Identifier: GPL-2.0
"""The small segment that others wait for is lost: it alone is resent or with what waited, and its ACK lets the rest go.
RFC 9293 3.7.4, RFC 6298 5.4."""


def run(t):
    c = t.accept()
    c.write(10)
    c.expect("PA", 10)
    begin = t.mark
    c.write(20)
    c.quiet(100)
    got = c.until(lambda s: s.data, 300, "the retransmission")
    c.between(got.time - begin, 291, 353, "the time-out")
    c.equal(got.seq - c.irs, 1, "the number of what is resent")
    c.ack(11)
    c.until(lambda s: s.seq - c.irs + len(s.data) == 31, 20, "what waited")
    c.ack(31)
    c.quiet(1000)
