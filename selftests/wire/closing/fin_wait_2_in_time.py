# SPDX-License-Identifier: GPL-2.0
"""In FIN-WAIT-2 of an orphan the peer's FIN is acknowledged. RFC 9293 3.6, tcp(7)."""


def run(t):
    t.sysctl("tcp_fin_timeout", 10)
    c = t.accept()
    c.close()
    c.expect("FA")
    c.ack()
    t.sleep(8000)
    c.inject("FA")
    c.expect("A", seq=2, ack=2)
