# SPDX-License-Identifier: GPL-2.0
"""A FIN that comes again in TIME-WAIT is acknowledged. RFC 9293 3.10.7.4 eighth step."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    for _ in range(3):
        t.sleep(2000)
        c.inject("FA", seq=1)
        c.expect("A", seq=2, ack=2)
