# SPDX-License-Identifier: GPL-2.0
"""With TCP_USER_TIMEOUT keepalive gives up by time, not by count. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 5)
    c.setopt("TCP_KEEPINTVL", 2)
    c.setopt("TCP_KEEPCNT", 100)
    c.setopt("TCP_USER_TIMEOUT", 12000)
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=5000)
    got = c.until(lambda s: "R" in s.flags, 15000, "a RST")
    c.between(got.time - t.began, 11000, 16500, "the time of the RST")
    c.fails("ETIMEDOUT")
