# SPDX-License-Identifier: GPL-2.0
"""tcp_rfc1337 is about TIME-WAIT: in an orphan's FIN-WAIT-2 a RST counts. RFC 1337 3, RFC 9293 3.10.7.4."""


def run(t):
    t.sysctl("tcp_rfc1337", 1)
    c = t.accept()
    c.close()
    c.expect("FA")
    c.ack()
    t.sleep(100)
    c.inject("R")
    t.sleep(100)
    c.inject("FA")
    c.expect("R", seq=2)
