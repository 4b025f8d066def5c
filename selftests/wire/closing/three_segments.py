# SPDX-License-Identifier: GPL-2.0
"""The peer's FIN acknowledges ours: straight to TIME-WAIT. RFC 9293 3.10.7.4 eighth step."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", seq=2, ack=2)
    c.inject("FA", seq=1)
    t.sleep(1000)
    c.drain()
    c.inject("FA", seq=1)
    c.expect("A", seq=2, ack=2)
