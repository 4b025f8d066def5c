# SPDX-License-Identifier: GPL-2.0
"""Some peers reset at the sequence number of their FIN: it counts once they are beyond it. RFC 5961 3.2, ip-sysctl."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.inject("R", seq=1)
    t.sleep(5)
    c.fails("EPIPE", lambda: c.sock.send(b"x"))
