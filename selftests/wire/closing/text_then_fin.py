# SPDX-License-Identifier: GPL-2.0
"""close() after a write: the FIN rides on the last text. RFC 9293 3.10.4."""


def run(t):
    c = t.accept(win=2000)
    c.write(3000)
    c.expect_data(2)
    c.close()
    c.quiet(50)
    c.ack()
    c.expect("FPA", 1000)
    c.ack()
    c.quiet(1000)
