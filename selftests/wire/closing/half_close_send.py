# SPDX-License-Identifier: GPL-2.0
"""After the peer's FIN text can still be sent. RFC 9293 3.6 case 2 (half close)."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.write(3000)
    c.expect_data(3, ack=2)
    c.ack()
    c.shutdown()
    c.expect("FA")
