# SPDX-License-Identifier: GPL-2.0
"""The segment bench: a scripted peer on a TUN device, and sockets of either stack on the other side of it."""
