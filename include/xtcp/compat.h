/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows that kernels differ. It probes features (a macro, a header), never LINUX_VERSION_CODE:
 * stable and distribution kernels backport, so versions say little.
 */
#ifndef XTCP_COMPAT_H
#define XTCP_COMPAT_H

#include <linux/sysctl.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>

#if !IS_ENABLED(CONFIG_IPV6)
#error "XTCP needs a kernel with CONFIG_IPV6 (it may be switched off at boot)"
#endif

/**
 * xtcp_compat_register_sysctl() - register @n entries of @table under @path in @net
 *
 * Older kernels find the end of the table by an empty entry, which @table must have after the @n ones; newer ones are
 * told the number.
 */
static inline struct ctl_table_header *xtcp_compat_register_sysctl(struct net *net, const char *path,
								   struct ctl_table *table, size_t n)
{
#ifdef register_net_sysctl
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* connect() was called, the SYN waits for the first write (TCP_FASTOPEN_CONNECT). */
static inline bool xtcp_compat_deferred(const struct sock *sk)
{
	return inet_sk(sk)->defer_connect;
}

static inline void xtcp_compat_set_deferred(struct sock *sk, bool on)
{
	inet_sk(sk)->defer_connect = on;
}

/* Options that came later; their numbers are the kernel's. */
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS		44
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US		45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US	46
#endif

/* An algorithm written in BPF has a marker instead of a module; kernels without a JIT have neither. */
#if defined(CONFIG_BPF_SYSCALL) && defined(CONFIG_BPF_JIT)
#define XTCP_COMPAT_IS_BPF_OWNER(owner)	((owner) == BPF_MODULE_OWNER)
#else
#define XTCP_COMPAT_IS_BPF_OWNER(owner)	false
#endif

#endif
