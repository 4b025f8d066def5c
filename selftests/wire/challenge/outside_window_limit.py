# SPDX-License-Identifier: GPL-2.0
"""Empty segments outside the window are answered twice a second at most: no war of ACKs. RFC 5961 7, ip-sysctl."""


def run(t):
    c = t.accept()
    c.inject("A", seq=-100000)
    c.expect("A", seq=1, ack=1)
    c.inject("A", seq=-100000)
    c.inject("A", seq=100000)
    c.quiet(450)
    t.sleep(100)
    c.inject("A", seq=-100000)
    c.expect("A", seq=1, ack=1)
