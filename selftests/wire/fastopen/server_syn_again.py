# SPDX-License-Identifier: GPL-2.0
"""The SYN of a fast open comes again: the SYN-ACK is repeated, but not for each copy of a flood. RFC 9293 3.8.1, tcp(7).
"""

from lib.fastopen import serve, syn_with_text
from lib.segment import pattern


def run(t):
    t.sysctl("tcp_invalid_ratelimit", 500)
    _, cookie = serve(t)
    d = syn_with_text(t, cookie)
    d.expect("SA", ack=101)
    t.sleep(10)
    d.inject("S", pattern(0, 100), seq=0)
    d.expect("SA", seq=0, ack=101)
    for _ in range(5):
        d.inject("S", pattern(0, 100), seq=0)
    d.quiet(50)
    t.sleep(500)
    d.inject("S", pattern(0, 100), seq=0)
    d.expect("SA", seq=0, ack=101)
