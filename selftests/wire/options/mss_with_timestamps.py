# SPDX-License-Identifier: GPL-2.0
"""Options count against the MSS: 12 bytes of timestamps leave so many less. RFC 6691 2, RFC 9293 3.7.1."""


def run(t):
    c = t.accept(mss=1000, ts=True)
    c.equal(c.mss, 988, "the size expected")
    c.write(3 * 988)
    c.expect_data(3, size=988)
