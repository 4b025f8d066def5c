# SPDX-License-Identifier: GPL-2.0
"""close() sends a FIN; with both FINs acknowledged TIME-WAIT answers no more. RFC 9293 3.6, figure 12."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA", seq=1, ack=1)
    c.ack()
    c.quiet(100)
    c.inject("FA")
    c.expect("A", seq=2, ack=2)
    c.quiet(5000)
