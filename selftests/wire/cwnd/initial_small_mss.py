# SPDX-License-Identifier: GPL-2.0
"""The initial window counts segments: ten small ones. RFC 6928 2."""


def run(t):
    c = t.accept(mss=200)
    c.write(5000)
    c.expect_data(10, size=200)
    c.quiet(90)
