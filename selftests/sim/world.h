/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two hosts: network namespaces, each with one TUN device per IP version whose other end this program holds.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "params.h"

/* The member order of the socket states in /proc/net/tcp (include/net/tcp_states.h). */
#define WORLD_STATES 16
#define WORLD_TIME_WAIT 6
#define WORLD_LISTEN 10

#define WORLD_SYSCTLS_MAX 20

/**
 * struct world - the two hosts
 * @home: the namespace that the program started in
 * @at: the side whose namespace the program is in, or SIDES at home
 * @ns: the hosts' namespaces
 * @tun: the program's ends of their devices, by side and IP version (0: IPv4, 1: IPv6)
 * @mtu: of each device
 * @offload: of each device
 * @sysctl: values last written, to write only what changes
 */
struct world {
	int home;
	enum host at;
	int ns[SIDES];
	int tun[SIDES][2];
	unsigned int mtu[SIDES][2];
	int offload[SIDES][2];
	int sysctl[SIDES][WORLD_SYSCTLS_MAX];
};

/**
 * struct world_census - the TCP sockets of one host
 * @state: kernel TCP's and XTCP's connections and listeners, by state
 * @xtcp: sockets that XTCP counts
 * @requests: handshakes at XTCP's listeners
 */
struct world_census {
	unsigned int state[WORLD_STATES];
	unsigned int xtcp;
	unsigned int requests;
};

bool world_is_virtual(void);
int world_open(struct world *w);
void world_close(struct world *w);
int world_tune(struct world *w, const struct params *p);
int world_socket(struct world *w, const struct params *p, enum host side);
socklen_t world_address(const struct params *p, enum host side, bool any, enum host user, __u16 port,
			struct sockaddr_storage *out);
__u16 world_port(const struct sockaddr_storage *addr);
bool world_is_between(const struct params *p, enum host from, const unsigned char *data);
ssize_t world_read(struct world *w, enum host side, bool ipv6, struct virtio_net_hdr *vnet, void *data, size_t size);
int world_write(struct world *w, enum host side, bool ipv6, const struct virtio_net_hdr *vnet, const void *data,
		size_t len);
int world_count(struct world *w, enum host side, struct world_census *census);
int world_allocated(struct world *w);

#endif
