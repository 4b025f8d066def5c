/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few rtnetlink requests that building a namespace takes, so that a case does not pay for a dozen ip(8) processes.
 * All act on the calling thread's namespace; 0, or -1 and errno.
 */
#ifndef RTNL_H
#define RTNL_H

#include <stdbool.h>

struct xnet_addr;
struct netem;

int rtnl_veth(const char *name, const char *peer_name, int peer_ns);
int rtnl_up(const char *name);
int rtnl_delete(const char *name);
int rtnl_address(const char *name, const struct xnet_addr *addr, int prefix_len);
bool rtnl_running(const char *name);
int rtnl_segmentation_off(const char *name);
int rtnl_netem(const char *name, const struct netem *netem);

#endif /* RTNL_H */
