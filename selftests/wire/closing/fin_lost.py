# SPDX-License-Identifier: GPL-2.0
"""Our FIN is lost: it comes again; text that the peer sends meanwhile is taken. RFC 9293 3.8.1, RFC 6298 5.4."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    t.sleep(100)
    c.inject("PA", 100, ack=1)
    c.expect("A", seq=2, ack=101)
    c.until(lambda s: "F" in s.flags, 600, "the FIN")
    c.ack(2)
    c.quiet(1000)
