# SPDX-License-Identifier: GPL-2.0
"""Without SO_KEEPALIVE an idle connection is silent, for days. RFC 9293 3.8.4 (MUST-25)."""


def run(t):
    c = t.accept()
    c.quiet(8 * 3600 * 1000)
    c.inject("PA", 10)
    c.expect("A", ack=11)
