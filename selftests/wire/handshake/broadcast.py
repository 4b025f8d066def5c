# SPDX-License-Identifier: GPL-2.0
"""A SYN from a group of hosts is not answered. RFC 9293 3.9.2.3 (MUST-57), RFC 1122 4.2.3.10."""

from lib import net


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", src={4: "255.255.255.255", 6: "ff02::1"}[t.version])
    c.quiet(3000)
    c.inject("S", seq=0, src=net.PEER[t.version])
    c.expect("SA", ack=1)
