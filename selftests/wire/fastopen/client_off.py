# SPDX-License-Identifier: GPL-2.0
"""tcp_fastopen 0: MSG_FASTOPEN is refused. ip-sysctl, RFC 7413."""

import socket


def run(t):
    t.sysctl("tcp_fastopen", 0)
    sock = t.socket()
    t.listeners.append(sock)
    c = t.peer(None)
    c.sock = sock
    c.fails("EOPNOTSUPP", lambda: sock.sendto(b"x", socket.MSG_FASTOPEN, t.far(c.port)))
