#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# The smallest thing to see: a server and a client of echo in one process, that ask for TCP and know of nothing else.
#
#   xtcp-run --require selftests/demo/echo.py     both are on XTCP, and it says so
#   selftests/demo/echo.py                        both are on the kernel's TCP
#
# Prints what was sent and came back, who carried it, and the connections as xtcp(8) shows them.

import shutil
import socket
import subprocess
import threading

TCP_ULP = 31


def stack(sock):
    """XTCP's sockets say so where one on the kernel's TCP says nothing."""
    return "XTCP" if sock.getsockopt(socket.IPPROTO_TCP, TCP_ULP, 16).startswith(b"xtcp") else "the kernel's TCP"


def serve(listener):
    peer, _ = listener.accept()
    with peer:
        while data := peer.recv(4096):
            peer.sendall(data)


def main():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"hello")
            answer = client.recv(4096).decode()
            print(f'sent "hello", "{answer}" came back; client on {stack(client)}, server on {stack(listener)}')
            port = str(listener.getsockname()[1])
            if stack(client) == "XTCP" and shutil.which("xtcp"):
                subprocess.run(["xtcp", "-n", "socket", "dport", port], check=True)
                subprocess.run(["xtcp", "-n", "socket", "sport", port], check=True)
        server.join()
    return 0 if answer == "hello" else 1


if __name__ == "__main__":
    raise SystemExit(main())
