# SPDX-License-Identifier: GPL-2.0
"""A RST with FIN or SYN bits is a RST. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.inject("FRA", seq=1)
    c.fails("ECONNRESET")
