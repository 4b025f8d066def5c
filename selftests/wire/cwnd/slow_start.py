# SPDX-License-Identifier: GPL-2.0
"""In slow start each segment acknowledged lets two go. RFC 5681 3.1."""


def run(t):
    c = t.accept()
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    for i in range(1, 11):
        c.ack(1000 * i + 1)
        c.expect_data(2)
    c.quiet(20)
