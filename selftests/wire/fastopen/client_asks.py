# SPDX-License-Identifier: GPL-2.0
"""The first connection asks for a cookie by an empty option, and sends no text in its SYN. RFC 7413 4.1.2."""

from lib.fastopen import fast_connect
from lib.segment import FAST_OPEN


def run(t):
    c = fast_connect(t, 50)
    got = c.expect("S", 0)
    c.equal(got.options.get(FAST_OPEN), b"", "the request for a cookie")
