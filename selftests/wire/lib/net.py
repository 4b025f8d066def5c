# SPDX-License-Identifier: GPL-2.0
"""A network namespace of a test's own, with one TUN device whose other end is the test.

    the stack under test                      the test
    192.0.2.1    wire0 (TUN) ================ 192.0.2.2
    2001:db8::1                               2001:db8::2

Called by test.py. Never knows TCP.
"""

import ctypes
import fcntl
import os
import select
import socket
import struct
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
SIOCGIFINDEX, SIOCSIFFLAGS, SIOCSIFMTU, SIOCSIFTXQLEN = 0x8933, 0x8914, 0x8922, 0x8943
IFF_UP = 1
RTM_NEWADDR, NLM_FLAGS, IFA_F_NODAD = 20, 0x605, 2
DEVICE = b"wire0"
# What poll() takes.
LONGEST_MS = 1 << 30
QUEUE_PACKETS = 5000

NEAR = {4: "192.0.2.1", 6: "2001:db8::1"}
PEER = {4: "192.0.2.2", 6: "2001:db8::2"}
ROUTER = {4: "198.51.100.1", 6: "2001:db8:ffff::1"}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}

libc = ctypes.CDLL(None, use_errno=True)


def is_virtual():
    """User-Mode Linux, whose time scripts/vm makes virtual."""
    with open("/proc/cpuinfo", encoding="ascii") as cpuinfo:
        return "User Mode Linux" in cpuinfo.read()


def now():
    """Milliseconds."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) / 1e6


def sysctl(name, value):
    """Of this namespace; name as below /proc/sys/net, with or without ipv4/."""
    path = name.replace(".", "/")
    if "/" not in path:
        path = "ipv4/" + path
    with open("/proc/sys/net/" + path, "w", encoding="ascii") as file:
        file.write(str(value))


def ifreq(request, name, fmt, value):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        return fcntl.ioctl(control, request, struct.pack("16s" + fmt + "20x", name, value))


def add_address(index, version):
    family = FAMILY[version]
    raw = socket.inet_pton(family, NEAR[version])
    body = struct.pack("BBBBi", family, 64 if version == 6 else 24, IFA_F_NODAD, 0, index)
    for kind in (2, 1):
        body += struct.pack("HH", len(raw) + 4, kind) + raw
    message = struct.pack("IHHII", len(body) + 16, RTM_NEWADDR, NLM_FLAGS, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.send(message)
        error = -struct.unpack_from("i", netlink.recv(4096), 16)[0]
    if error:
        raise OSError(error, os.strerror(error), "adding the address")


class Net:
    """Enters a new namespace and builds the device there; close() leaves nothing but the empty namespace."""

    def __init__(self, version, mtu=1500):
        self.version = version
        if libc.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        ifreq(SIOCSIFFLAGS, b"lo", "H", IFF_UP)
        self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", DEVICE, IFF_TUN | IFF_NO_PI))
        # IPv6 would speak of itself (multicast listeners, routers) on the device.
        sysctl("ipv6/conf/wire0/router_solicitations", 0)
        sysctl("ipv6/conf/wire0/addr_gen_mode", 1)
        if version == 4:
            sysctl("ipv6/conf/wire0/disable_ipv6", 1)
        ifreq(SIOCSIFTXQLEN, DEVICE, "i", QUEUE_PACKETS)
        ifreq(SIOCSIFMTU, DEVICE, "i", mtu)
        ifreq(SIOCSIFFLAGS, DEVICE, "H", IFF_UP)
        index = struct.unpack_from("i", ifreq(SIOCGIFINDEX, DEVICE, "i", 0), 16)[0]
        add_address(index, version)
        self.poll = select.poll()
        self.poll.register(self.tun, select.POLLIN)
        # The address's own route comes by a work queue.
        time.sleep(0.005)

    def close(self):
        if self.tun is not None:
            os.close(self.tun)
            self.tun = None

    def send(self, packet):
        os.write(self.tun, packet)

    def receive(self, timeout_ms):
        """The next packet of the stack, or None when timeout_ms are over."""
        try:
            return os.read(self.tun, 65536)
        except BlockingIOError:
            pass
        if timeout_ms <= 0 or not self.poll.poll(min(timeout_ms, LONGEST_MS)):
            return None
        try:
            return os.read(self.tun, 65536)
        except BlockingIOError:
            return None
