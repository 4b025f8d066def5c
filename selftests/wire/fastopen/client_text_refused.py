# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK acknowledges the SYN alone: the text is sent again at once. RFC 7413 4.2.1."""

from lib.fastopen import fast_connect, learn_cookie


def run(t):
    learn_cookie(t)
    c = fast_connect(t, 100)
    c.expect("S", 100)
    t.sleep(100)
    c.inject("SA", ack=1)
    c.until(lambda s: len(s.data) == 100 and s.seq - c.irs == 1, 20, "the text again")
