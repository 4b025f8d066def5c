# SPDX-License-Identifier: GPL-2.0
"""A SYN with text that gets no answer is followed by one without: middleboxes drop what they do not know. RFC
7413 4.1.3."""

from lib.fastopen import fast_connect, learn_cookie
from lib.segment import FAST_OPEN


def run(t):
    learn_cookie(t)
    c = fast_connect(t, 100)
    c.expect("S", 100)
    got = c.until(lambda s: "S" in s.flags, 1200)
    c.equal(len(got.data), 0, "the text in the second SYN")
    c.check(FAST_OPEN not in got.options, "the option in the second SYN")
    t.sleep(100)
    c.inject("SA", ack=1)
    c.until(lambda s: len(s.data) == 100, 20, "the text")
