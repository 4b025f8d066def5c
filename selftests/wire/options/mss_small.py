# SPDX-License-Identifier: GPL-2.0
"""A small MSS is kept to. RFC 9293 3.7.1."""


def run(t):
    c = t.accept(mss=200)
    c.write(1000)
    c.expect_data(5, size=200)
