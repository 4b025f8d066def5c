# SPDX-License-Identifier: GPL-2.0
"""A server that gives no cookie is an ordinary one. RFC 7413 4.1.2."""

from lib.fastopen import fast_connect


def run(t):
    c = fast_connect(t, 100)
    c.expect("S", 0)
    t.sleep(100)
    c.inject("SA")
    c.expect("A", ack=1)
    c.write(10)
    c.expect("PA", 10)
