# SPDX-License-Identifier: GPL-2.0
"""An MSS beyond what the MTU carries does not matter. RFC 9293 3.7.1."""


def run(t):
    c = t.accept(mss=9000)
    size = 1460 if t.version == 4 else 1440
    c.write(3 * size)
    c.expect_data(3, size=size)
