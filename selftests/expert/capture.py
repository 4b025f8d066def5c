#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Captures what the hosts of kselftest programs send and receive: runs a command with XTCP_CAPTURE in its environment,
# takes the packet sockets that lib/capture.c hands over, and writes FOLDER/PROGRAM.pcapng. All hosts of a program go
# into one file: in its addresses the network's part is replaced by the host's number, so that connections of different
# cases stay apart. A packet's comment is the case. Nothing is judged here.
#
#   capture.py FOLDER COMMAND [ARG...]

import os
import select
import socket
import struct
import subprocess
import sys
import tempfile

SO_TIMESTAMPNS = 35
ARPHRD_LOOPBACK = 772
PACKET_OUTGOING = 4
LINKTYPE_RAW = 101
INBOUND, OUTBOUND = 1, 2
OPTION_COMMENT, OPTION_FLAGS, OPTION_TSRESOL = 1, 2, 9
TCP = 6


def option(code, value):
    return struct.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body):
    length = len(body) + 12
    return struct.pack("II", kind, length) + body + struct.pack("I", length)


class Capture:
    """One file."""

    def __init__(self, path):
        self.hosts = 0
        self.file = open(path, "wb")
        self.file.write(block(0x0a0d0d0a, struct.pack("IHHq", 0x1a2b3c4d, 1, 0, -1)))
        interface = struct.pack("HHI", LINKTYPE_RAW, 0, 0) + option(OPTION_TSRESOL, b"\x09") + option(0, b"")
        self.file.write(block(1, interface))

    def packet(self, data, length, ns, direction, comment):
        body = struct.pack("IIIII", 0, ns >> 32, ns & 0xffffffff, len(data), length) + data + bytes(-len(data) % 4)
        body += option(OPTION_COMMENT, comment) + option(OPTION_FLAGS, struct.pack("I", direction)) + option(0, b"")
        self.file.write(block(6, body))


class Host:
    """A namespace: its packet socket, and its number in the file."""

    def __init__(self, sock, capture, comment):
        self.sock, self.capture, self.comment = sock, capture, comment
        capture.hosts += 1
        self.number = capture.hosts

    def rename(self, packet):
        """The packet with addresses that are this host's alone, and its whole length; None if it is not TCP."""
        packet = bytearray(packet)
        if len(packet) >= 20 and packet[0] >> 4 == 4 and packet[9] == TCP:
            # Never an address of the groups, nor a network of 0 or 127.
            number = struct.pack("!H", 0x0a00 + self.number % 0x7000)
            packet[12:14] = packet[16:18] = number
            return bytes(packet), struct.unpack_from("!H", packet, 2)[0]
        if len(packet) >= 40 and packet[0] >> 4 == 6 and packet[6] == TCP:
            number = struct.pack("!I", self.number)
            packet[12:16] = packet[28:32] = number
            return bytes(packet), struct.unpack_from("!H", packet, 4)[0] + 40
        return None

    def read(self):
        """Everything that waits."""
        while True:
            try:
                packet, control, _, address = self.sock.recvmsg(4096, 256)
            except BlockingIOError:
                return
            except OSError:
                # The device went down; there may be more.
                continue
            _, _, kind, hardware, _ = address
            # The loopback shows each packet twice.
            if hardware == ARPHRD_LOOPBACK and kind != PACKET_OUTGOING:
                continue
            renamed = self.rename(packet)
            if renamed:
                sec, nsec = struct.unpack("qq", control[0][2][:16]) if control else (0, 0)
                self.capture.packet(renamed[0], max(renamed[1], len(packet)), sec * 1000000000 + nsec,
                                    OUTBOUND if kind == PACKET_OUTGOING else INBOUND, self.comment)


class Collector:
    """A connection is a host's: it brings the packet socket, and its end is the capture's."""

    def __init__(self, folder, path):
        self.folder = folder
        self.captures = {}
        self.hosts = {}        # descriptor of a packet socket -> Host
        self.connections = {}  # descriptor -> [connection, Host or None]
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        self.listener.listen(100)
        self.poll = select.poll()
        self.poll.register(self.listener, select.POLLIN)

    def accept(self):
        connection, _ = self.listener.accept()
        self.connections[connection.fileno()] = [connection, None]
        self.poll.register(connection, select.POLLIN)

    def message(self, entry):
        """False at its end."""
        text, fds, _, _ = socket.recv_fds(entry[0], 256, 1)
        if not fds:
            return False
        program = text.decode().split()[0]
        if program not in self.captures:
            self.captures[program] = Capture(os.path.join(self.folder, program + ".pcapng"))
        entry[1] = host = Host(socket.socket(fileno=fds[0]), self.captures[program], text)
        self.hosts[fds[0]] = host
        self.poll.register(host.sock, select.POLLIN)
        return True

    def forget(self, fd):
        connection, host = self.connections.pop(fd)
        if host:
            host.read()
            self.poll.unregister(host.sock)
            del self.hosts[host.sock.fileno()]
            host.sock.close()
        # Whoever waits for the end of the capture waits for this.
        self.poll.unregister(connection)
        connection.close()

    def serve(self):
        for fd, _ in self.poll.poll():
            if fd == self.listener.fileno():
                self.accept()
            elif fd in self.hosts:
                self.hosts[fd].read()
            elif fd in self.connections and not self.message(self.connections[fd]):
                self.forget(fd)

    def close(self):
        for fd in list(self.connections):
            self.forget(fd)
        for capture in self.captures.values():
            capture.file.close()


def main():
    folder, command = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "collector")
        collector = Collector(folder, path)
        with subprocess.Popen(command, env=dict(os.environ, XTCP_CAPTURE=path)) as process:
            end = os.pidfd_open(process.pid)
            collector.poll.register(end, select.POLLIN)
            while process.poll() is None:
                collector.serve()
        collector.close()
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
