# SPDX-License-Identifier: GPL-2.0
"""FIN-WAIT-2 of an orphan ends after tcp_fin_timeout: then the peer's FIN meets nobody. tcp(7), RFC 9293 3.6."""


def run(t):
    t.sysctl("tcp_fin_timeout", 10)
    c = t.accept()
    c.close()
    c.expect("FA")
    c.ack()
    t.sleep(9000)
    c.quiet(6000)
    c.inject("FA")
    c.expect("R", seq=2)
