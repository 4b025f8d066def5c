# SPDX-License-Identifier: GPL-2.0
"""A socket filter that accepts nothing: segments do not arrive. socket(7), SO_ATTACH_FILTER."""

import ctypes
import socket
import struct

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27


def run(t):
    c = t.accept()
    # BPF_RET | BPF_K, 0
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    c.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(code)))
    c.inject("PA", 100)
    c.quiet(300)
    c.nothing_to_read()
    c.sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, b"\0\0\0\0")
    c.inject("PA", 100, seq=1)
    c.expect("A", ack=101)
