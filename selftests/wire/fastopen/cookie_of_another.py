# SPDX-License-Identifier: GPL-2.0
"""A cookie is bound to the peer's address. RFC 7413 4.1.2, 6."""

from lib.fastopen import serve, syn_with_text


def run(t):
    _, cookie = serve(t)
    d = syn_with_text(t, cookie, src="192.0.2.77" if t.version == 4 else "2001:db8::77")
    d.expect("SA", ack=1)
