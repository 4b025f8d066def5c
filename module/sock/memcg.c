// SPDX-License-Identifier: GPL-2.0
/*
 * Memory cgroups: a connection that was opened by the network belongs to nobody until a process accepts it. From then
 * on its buffers are charged to the cgroup of that process, those it has already included. Sockets that a process makes
 * are charged by the core. Process context.
 */
#include <linux/memcontrol.h>

#include "xtcp.h"

#ifdef CONFIG_MEMCG

/* The cgroup whose limit applies to sockets of this process, with a reference; NULL: none does. */
static struct mem_cgroup *xtcp_memcg_of_current(void)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	memcg = mem_cgroup_from_task(current);
	if (memcg && (!memcg->css.parent || !css_tryget(&memcg->css)))
		memcg = NULL;
	rcu_read_unlock();
	if (memcg && !cgroup_subsys_on_dfl(memory_cgrp_subsys) && !xtcp_compat_memcg_v1_tcp(memcg)) {
		css_put(&memcg->css);
		memcg = NULL;
	}
	return memcg;
}

/**
 * xtcp_memcg_accept() - @sk was accepted by this process: its memory is this process's cgroup's
 * @sk: new child, not locked, known to nobody else but the network
 *
 * What it holds is given back to the machine-wide account and taken again in the cgroup's name, over its limit if need
 * be: it is there already. Newer kernels' accept() does it for each protocol, after proto.accept.
 */
void xtcp_memcg_accept(struct sock *sk)
{
	struct mem_cgroup *memcg;
	int held;

	if (XTCP_COMPAT_ACCEPT_CHARGES || !mem_cgroup_sockets_enabled || sk->sk_memcg)
		return;
	memcg = xtcp_memcg_of_current();
	if (!memcg)
		return;
	lock_sock(sk);
	held = sk->sk_forward_alloc + atomic_read(&sk->sk_rmem_alloc) + sk->sk_wmem_queued;
	if (held > 0)
		__sk_mem_reclaim(sk, held);
	sk->sk_memcg = memcg;
	if (held > 0)
		xtcp_mem_force(sk, held + sk->sk_forward_alloc);
	release_sock(sk);
}

#else

void xtcp_memcg_accept(struct sock *sk)
{
}

#endif
