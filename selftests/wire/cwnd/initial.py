# SPDX-License-Identifier: GPL-2.0
"""Ten segments may go at the start. RFC 6928 2."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    c.quiet(90)
