# SPDX-License-Identifier: GPL-2.0
"""SACK of what was never sent is ignored. RFC 2018 5.2, RFC 5961."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    t.sleep(100)
    for _ in range(3):
        c.ack(1, sack=[(20001, 40001)])
    c.quiet(50)
    c.equal(c.info()["sacked"], 0, "SACKed segments")
    c.ack(5001)
    c.quiet(500)
