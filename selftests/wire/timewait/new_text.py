# SPDX-License-Identifier: GPL-2.0
"""New text in TIME-WAIT gets a RST or an ACK: it cannot be delivered. RFC 9293 3.10.7.4, RFC 2525 2.17."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(1000)
    c.inject("PA", 10)
    got = c.until(lambda s: True, 100)
    c.check("R" in got.flags or got.ack - c.iss == 2, "it was acknowledged")
