# SPDX-License-Identifier: GPL-2.0
"""Text and FIN that are lost are resent, the text first. RFC 9293 3.8.1."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.shutdown()
    c.expect("FA")
    got = c.until(lambda s: s.data, 400, "the text")
    c.equal(len(got.data), 100, "the text's length")
    c.ack(101)
    c.until(lambda s: "F" in s.flags, 1000, "the FIN")
    c.ack(102)
    t.sleep(5)
    c.equal(c.state(), "FIN_WAIT2")
