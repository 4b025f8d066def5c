# SPDX-License-Identifier: GPL-2.0
"""A closed window is probed after the RTO, then with back-off. RFC 9293 3.8.6.1."""


def run(t):
    c = t.accept(win=2000)
    c.write(5000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    wait = 300
    for _ in range(5):
        c.expect("A", seq=2000, after=wait)
        c.ack(win=0)
        wait *= 2
    c.ack(win=3000)
    c.expect_data(3)
