# SPDX-License-Identifier: GPL-2.0
"""A RST ends FIN-WAIT-1. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("R")
    c.fails("ECONNRESET")
    c.quiet(2000)
