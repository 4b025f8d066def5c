# SPDX-License-Identifier: GPL-2.0
"""Urgent text does not pass a closed window, the probe says that it waits. RFC 9293 3.8.5 (MUST-62 neighbours)."""

import socket


def run(t):
    c = t.accept(win=2000)
    c.write(2000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    c.write(1, socket.MSG_OOB)
    got = c.until(lambda s: True, 3000)
    c.check(not got.data or len(got.data) == 1, "too much text")
    c.ack(2001, win=2000)
    c.until(lambda s: s.data and "U" in s.flags, 2000, "the urgent byte")
