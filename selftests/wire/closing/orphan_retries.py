# SPDX-License-Identifier: GPL-2.0
"""An orphan whose FIN is not acknowledged gives up after tcp_orphan_retries. RFC 9293 3.8.3, tcp(7)."""


def run(t):
    t.sysctl("tcp_orphan_retries", 2)
    c = t.accept()
    c.close()
    c.expect("FA")
    got = c.drain(60000)
    c.between(len(got), 1, 4, "the number of FINs more")
    c.ack(2)
    c.expect("R", seq=2)
