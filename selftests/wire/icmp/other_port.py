# SPDX-License-Identifier: GPL-2.0
"""An error about another connection's ports does nothing here. RFC 5927 4.1."""

from lib import net, segment


def run(t):
    c = t.dial()
    c.expect("S")
    other = segment.build(net.NEAR[t.version], net.PEER[t.version], (c.near_port, c.port + 500), c.irs, 0, "S", 1000)
    c.icmp("port", quoted=other)
    t.sleep(5)
    c.equal(c.state(), "SYN_SENT")
