# SPDX-License-Identifier: GPL-2.0
"""A RST ends FIN-WAIT-2. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.ack()
    c.inject("R")
    c.fails("ECONNRESET")
