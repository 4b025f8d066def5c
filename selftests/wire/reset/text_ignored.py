# SPDX-License-Identifier: GPL-2.0
"""Text in a RST is not delivered. RFC 9293 3.5.3."""


def run(t):
    c = t.accept()
    c.inject("RA", b"reason", seq=1)
    c.fails("ECONNRESET")
