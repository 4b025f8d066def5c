# SPDX-License-Identifier: GPL-2.0
"""A RST without timestamps counts on a connection that has them. RFC 7323 3.2."""


def run(t):
    c = t.accept(ts=True)
    c.inject("R", ts=False)
    c.fails("ECONNRESET")
