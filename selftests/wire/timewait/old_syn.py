# SPDX-License-Identifier: GPL-2.0
"""A SYN that is older than the connection is acknowledged, and opens nothing. RFC 9293 3.6.1, RFC 6191 2."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(1000)
    c.inject("S", seq=-100000)
    c.expect("A", seq=2, ack=2)
