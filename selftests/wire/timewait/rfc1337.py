# SPDX-License-Identifier: GPL-2.0
"""With tcp_rfc1337 no RST ends TIME-WAIT: no assassination. RFC 1337 3, ip-sysctl."""


def run(t):
    t.sysctl("tcp_rfc1337", 1)
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    c.inject("R")
    t.sleep(1000)
    c.inject("FA", seq=1)
    c.expect("A", seq=2, ack=2)
