# SPDX-License-Identifier: GPL-2.0
"""FIN-WAIT-2 of an orphan becomes a TIME-WAIT of full length when the FIN comes. RFC 9293 3.6."""


def run(t):
    t.sysctl("tcp_fin_timeout", 20)
    c = t.accept()
    c.close()
    c.expect("FA")
    c.ack()
    t.sleep(10000)
    c.inject("FA")
    c.expect("A", seq=2, ack=2)
    t.sleep(50000)
    c.inject("FA", seq=1)
    c.expect("A", seq=2, ack=2)
