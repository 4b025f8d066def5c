# SPDX-License-Identifier: GPL-2.0
"""A FIN that nobody acknowledges is resent as text is. RFC 9293 3.6, RFC 6298 5.4."""


def run(t):
    c = t.accept(rtt=100)
    c.shutdown()
    c.expect("FA")
    c.expect("FA", seq=1, after=300)
    c.expect("FA", seq=1, after=600)
    c.ack()
    c.quiet(5000)
