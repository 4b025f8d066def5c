# SPDX-License-Identifier: GPL-2.0
"""After close() lost text is resent, then the FIN. RFC 9293 3.10.4, RFC 6298 5.4."""


def run(t):
    c = t.accept(sack=False)
    c.write(2000)
    c.close()
    c.drain(5)
    t.sleep(100)
    c.ack(1001)
    got = c.until(lambda s: s.seq - c.irs == 1001, 1000, "the lost segment")
    c.equal(len(got.data), 1000, "its length")
    c.ack(2001)
    c.until(lambda s: "F" in s.flags, 2000, "the FIN")
    c.ack(2002)
    c.quiet(5000)
