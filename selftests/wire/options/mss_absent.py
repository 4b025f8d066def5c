# SPDX-License-Identifier: GPL-2.0
"""A peer without MSS option gets segments of 536 bytes, 1220 over IPv6. RFC 9293 3.7.1."""


def run(t):
    c = t.accept(mss=0, sack=False)
    size = 536 if t.version == 4 else 1220
    c.write(3 * size)
    c.expect_data(3, size=size)
