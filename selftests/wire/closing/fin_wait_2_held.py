# SPDX-License-Identifier: GPL-2.0
"""FIN-WAIT-2 of a socket that somebody holds lasts for ever. RFC 9293 3.6, tcp(7)."""


def run(t):
    t.sysctl("tcp_fin_timeout", 10)
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.ack()
    c.quiet(1000000)
    c.equal(c.state(), "FIN_WAIT2")
    c.inject("PA", 10)
    c.expect("A", seq=2, ack=11, within=60)
