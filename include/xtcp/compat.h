/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows that kernels differ. It asks for features, never for LINUX_VERSION_CODE, because stable and
 * distribution kernels backport and versions say little: by a macro where the kernel has one, else by
 * XTCP_KERNEL_HAS_*, which Kbuild finds in the kernel's headers (Kbuild).
 *
 * The rest of the module is written for the newest kernel's view wherever one can be had on all of them.
 */
#ifndef XTCP_COMPAT_H
#define XTCP_COMPAT_H

#include <linux/bpf-cgroup.h>
#include <linux/errqueue.h>
#include <linux/hrtimer.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sysctl.h>
#include <linux/timer.h>
#include <linux/uio.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_common.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/tcp.h>
#ifdef XTCP_KERNEL_HAS_PROTO_MEMORY
#include <net/proto_memory.h>
#endif
#ifdef XTCP_KERNEL_HAS_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if !IS_ENABLED(CONFIG_IPV6)
#error "XTCP needs a kernel with CONFIG_IPV6 (it may be switched off at boot)"
#endif

/* ------------------------------------------------------------ sysctl, netlink */

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

/* How a handler is told its entry. */
#ifdef XTCP_KERNEL_HAS_CONST_CTL_TABLE
#define XTCP_COMPAT_CTL_TABLE	const struct ctl_table
#else
#define XTCP_COMPAT_CTL_TABLE	struct ctl_table
#endif

/* The attributes of a dump request. */
static inline struct nlattr **xtcp_compat_dump_attrs(struct netlink_callback *cb)
{
#ifdef XTCP_KERNEL_HAS_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* ------------------------------------------------------------ flags of sockets: bit fields once, bits of a word now */

#ifdef inet_test_bit
#define XTCP_COMPAT_FLAG(sk, bit, field)		inet_test_bit(bit, sk)
#define XTCP_COMPAT_FLAG6(sk, bit, field)		inet6_test_bit(bit, sk)
#define XTCP_COMPAT_FLAG_SET(sk, bit, field, on)	inet_assign_bit(bit, sk, on)
#else
#define XTCP_COMPAT_FLAG(sk, bit, field)		(!!inet_sk(sk)->field)
#define XTCP_COMPAT_FLAG6(sk, bit, field)		(!!inet6_sk(sk)->field)
#define XTCP_COMPAT_FLAG_SET(sk, bit, field, on)	(inet_sk(sk)->field = (on))
#endif

/* connect() was called, the SYN waits for the first write (TCP_FASTOPEN_CONNECT). */
static inline bool xtcp_compat_deferred(const struct sock *sk)
{
	return XTCP_COMPAT_FLAG(sk, DEFER_CONNECT, defer_connect);
}

static inline void xtcp_compat_set_deferred(struct sock *sk, bool on)
{
	XTCP_COMPAT_FLAG_SET(sk, DEFER_CONNECT, defer_connect, on);
}

/* IP_RECVERR, IPV6_RECVERR */
static inline bool xtcp_compat_recverr(const struct sock *sk, bool v4)
{
	return v4 ? XTCP_COMPAT_FLAG(sk, RECVERR, recverr) : XTCP_COMPAT_FLAG6(sk, RECVERR6, recverr);
}

/* answers carry the flow label that the peer sent */
static inline bool xtcp_compat_reflect_label(const struct sock *sk)
{
	return XTCP_COMPAT_FLAG6(sk, REPFLOW, repflow);
}

/* IPV6_FLOWINFO_SEND */
static inline bool xtcp_compat_send_flowinfo(const struct sock *sk)
{
	return XTCP_COMPAT_FLAG6(sk, SNDFLOW, sndflow);
}

/* A copy of a socket begins without the original's leases of flow labels. */
static inline void xtcp_compat_forget_labels(struct sock *sk)
{
#ifdef XTCP_KERNEL_HAS_INET_FL_LIST
	RCU_INIT_POINTER(inet_sk(sk)->ipv6_fl_list, NULL);
#else
	RCU_INIT_POINTER(inet_sk(sk)->pinet6->ipv6_fl_list, NULL);
#endif
}

static inline kuid_t xtcp_compat_uid(struct sock *sk)
{
#ifdef XTCP_KERNEL_HAS_SK_UID
	return sk_uid(sk);
#else
	return sock_i_uid(sk);
#endif
}

static inline void xtcp_compat_drops_add(struct sock *sk, const struct sk_buff *skb)
{
#ifdef XTCP_KERNEL_HAS_DROPS_ADD_SEGS
	sk_drops_add(sk, max_t(int, 1, skb_shinfo(skb)->gso_segs));
#else
	sk_drops_add(sk, skb);
#endif
}

/* ------------------------------------------------------------ struct proto and struct proto_ops */

/* What connect() and the like are given an address by: struct xtcp_compat_sockaddr. */
#ifdef XTCP_KERNEL_HAS_SOCKADDR_UNSIZED
#define xtcp_compat_sockaddr	sockaddr_unsized
#else
#define xtcp_compat_sockaddr	sockaddr
#endif

/* Defines @name, a proto.accept, by @fn(sk, flags, *err, kern). */
#ifdef XTCP_KERNEL_HAS_ACCEPT_ARG
#define XTCP_COMPAT_ACCEPT(name, fn)							\
static struct sock *name(struct sock *sk, struct proto_accept_arg *arg)			\
{											\
	return fn(sk, arg->flags, &arg->err, arg->kern);				\
}
#else
#define XTCP_COMPAT_ACCEPT(name, fn)							\
static struct sock *name(struct sock *sk, int flags, int *err, bool kern)		\
{											\
	return fn(sk, flags, err, kern);						\
}
#endif

/* Defines @name, a proto.ioctl, by @fn(sk, cmd, *answer). */
#ifdef XTCP_KERNEL_HAS_IOCTL_KARG
#define XTCP_COMPAT_IOCTL(name, fn)							\
static int name(struct sock *sk, int cmd, int *karg)					\
{											\
	return fn(sk, cmd, karg);							\
}
#else
#define XTCP_COMPAT_IOCTL(name, fn)							\
static int name(struct sock *sk, int cmd, unsigned long arg)				\
{											\
	int answer = 0, err = fn(sk, cmd, &answer);					\
											\
	return err ? : put_user(answer, (int __user *)arg);				\
}
#endif

/* Defines @name, a proto.recvmsg, by @fn(sk, msg, len, flags, *addr_len). */
#ifdef XTCP_KERNEL_HAS_RECVMSG_ADDR_LEN
#define XTCP_COMPAT_RECVMSG(name, fn)							\
static int name(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len) \
{											\
	return fn(sk, msg, len, flags, addr_len);					\
}
#else
#define XTCP_COMPAT_RECVMSG(name, fn)							\
static int name(struct sock *sk, struct msghdr *msg, size_t len, int flags)		\
{											\
	return fn(sk, msg, len, flags, &msg->msg_namelen);				\
}
#endif

static inline int xtcp_compat_recv_error(struct sock *sk, struct msghdr *msg, int len, int *addr_len)
{
#ifdef XTCP_KERNEL_HAS_RECVMSG_ADDR_LEN
	return inet_recv_error(sk, msg, len, addr_len);
#else
	return inet_recv_error(sk, msg, len);
#endif
}

/* cgroup programs at connect() */
#ifdef XTCP_KERNEL_HAS_CONNECT_ADDRLEN
#define XTCP_COMPAT_CGROUP_CONNECT(ver, sk, addr, len)	BPF_CGROUP_RUN_PROG_INET##ver##_CONNECT(sk, addr, &(len))
#else
#define XTCP_COMPAT_CGROUP_CONNECT(ver, sk, addr, len)	BPF_CGROUP_RUN_PROG_INET##ver##_CONNECT(sk, addr)
#endif

/* The kernel looks for struct ipv6_pinfo at the end of the socket, or where the proto says that it is. */
#ifdef XTCP_KERNEL_HAS_PINFO_OFFSET
#define XTCP_COMPAT_PINFO_ANYWHERE	1
#define xtcp_compat_set_pinfo_offset(prot, offset)	((prot)->ipv6_pinfo_offset = (offset))
#else
#define XTCP_COMPAT_PINFO_ANYWHERE	0
#define xtcp_compat_set_pinfo_offset(prot, offset)	((void)(offset))
#endif

/* The count of orphans that is TCP's where modules may see it, otherwise @own. */
static inline unsigned int __percpu *xtcp_compat_orphan_count(unsigned int __percpu *own)
{
#ifdef XTCP_KERNEL_HAS_PROTO_ORPHANS
	return tcp_prot.orphan_count;
#else
	return own;
#endif
}

/* splice() and sendfile() come by proto.sendpage or, as MSG_SPLICE_PAGES, by proto.sendmsg. */
#ifdef MSG_SENDPAGE_NOTLAST
#define XTCP_COMPAT_SENDPAGE		1
#define XTCP_COMPAT_SPLICE_PAGES	0
#define xtcp_compat_splice(skb, iter, len, gfp)	(-EOPNOTSUPP)
#else
#define XTCP_COMPAT_SPLICE_PAGES	MSG_SPLICE_PAGES
#ifdef XTCP_KERNEL_HAS_SPLICE_GFP
#define xtcp_compat_splice(skb, iter, len, gfp)	skb_splice_from_iter(skb, iter, len, gfp)
#else
#define xtcp_compat_splice(skb, iter, len, gfp)	skb_splice_from_iter(skb, iter, len)
#endif
#endif

/* ------------------------------------------------------------ lookup, routes */

static inline struct sock *xtcp_compat_lookup4(struct net *net, __be32 raddr, __be16 rport, __be32 laddr, u16 lport,
					       int dif, int sdif)
{
#ifdef XTCP_KERNEL_HAS_LOOKUP_HASHINFO
	return __inet_lookup_established(net, net->ipv4.tcp_death_row.hashinfo, raddr, rport, laddr, lport, dif, sdif);
#else
	return __inet_lookup_established(net, raddr, rport, laddr, lport, dif, sdif);
#endif
}

static inline struct sock *xtcp_compat_lookup6(struct net *net, const struct in6_addr *raddr, __be16 rport,
					       const struct in6_addr *laddr, u16 lport, int dif, int sdif)
{
#ifdef XTCP_KERNEL_HAS_LOOKUP_HASHINFO
	return __inet6_lookup_established(net, net->ipv4.tcp_death_row.hashinfo, raddr, rport, laddr, lport, dif,
					  sdif);
#else
	return __inet6_lookup_established(net, raddr, rport, laddr, lport, dif, sdif);
#endif
}

/* A listener of the kernel's TCP, of which no program that chooses among several is asked; no reference, under RCU. */
static inline struct sock *xtcp_compat_listener4(struct net *net, __be32 raddr, __be16 rport, __be32 laddr, u16 lport,
						 int dif, int sdif)
{
#ifdef XTCP_KERNEL_HAS_LOOKUP_HASHINFO
	return __inet_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, raddr, rport, laddr, lport, dif,
				      sdif);
#else
	return __inet_lookup_listener(net, NULL, 0, raddr, rport, laddr, lport, dif, sdif);
#endif
}

static inline struct sock *xtcp_compat_listener6(struct net *net, const struct in6_addr *raddr, __be16 rport,
						 const struct in6_addr *laddr, u16 lport, int dif, int sdif)
{
#ifdef XTCP_KERNEL_HAS_LOOKUP_HASHINFO
	return inet6_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, raddr, rport, laddr, lport, dif,
				     sdif);
#else
	return inet6_lookup_listener(net, NULL, 0, raddr, rport, laddr, lport, dif, sdif);
#endif
}

/* TOS and the scope of SO_DONTROUTE for a route. */
static inline u8 xtcp_compat_route_tos(const struct sock *sk)
{
#ifdef RT_CONN_FLAGS
	return RT_CONN_FLAGS(sk);
#else
	return ip_sock_rt_tos(sk);
#endif
}

/* ------------------------------------------------------------ clocks */

#ifdef from_timer
#define xtcp_compat_timer_of(var, timer, field)	from_timer(var, timer, field)
#else
#define xtcp_compat_timer_of(var, timer, field)	timer_container_of(var, timer, field)
#endif

static inline int xtcp_compat_timer_delete(struct timer_list *timer)
{
#ifdef XTCP_KERNEL_HAS_TIMER_DELETE
	return timer_delete(timer);
#else
	return del_timer(timer);
#endif
}

static inline int xtcp_compat_timer_delete_sync(struct timer_list *timer)
{
#ifdef XTCP_KERNEL_HAS_TIMER_DELETE
	return timer_delete_sync(timer);
#else
	return del_timer_sync(timer);
#endif
}

static inline void xtcp_compat_hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *),
					     enum hrtimer_mode mode)
{
#ifdef XTCP_KERNEL_HAS_HRTIMER_SETUP
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = fn;
#endif
}

/*
 * The keepalive timer that ss(8) and /proc/net/tcp know, and that a BPF program which sets TCP_KEEPIDLE starts. Stable
 * kernels moved it from one release to the next: Linux 6.12.107 has it in struct sock, 6.12.117 has not.
 */
static inline struct timer_list *xtcp_compat_keep_timer(struct sock *sk)
{
#ifdef XTCP_KERNEL_HAS_ICSK_KEEPALIVE
	return &inet_csk(sk)->icsk_keepalive_timer;
#else
	return &sk->sk_timer;
#endif
}

static inline struct sock *xtcp_compat_keep_sock(struct timer_list *t)
{
#ifdef XTCP_KERNEL_HAS_ICSK_KEEPALIVE
	struct inet_connection_sock *icsk = xtcp_compat_timer_of(icsk, t, icsk_keepalive_timer);

	return (struct sock *)icsk;
#else
	struct sock *sk = xtcp_compat_timer_of(sk, t, sk_timer);

	return sk;
#endif
}

/*
 * The retransmission timer, and where ss(8) and /proc/net/tcp look for its time: in a field of its own, else in the
 * timer, which then must not run earlier than is shown (xtcp_compat_show_timeout() is false).
 */
#ifdef XTCP_KERNEL_HAS_ICSK_TIMEOUT
static inline bool xtcp_compat_show_timeout(struct sock *sk, unsigned long at)
{
	inet_csk(sk)->icsk_timeout = at;
	return true;
}

static inline struct timer_list *xtcp_compat_rtx_timer(struct sock *sk)
{
	return &inet_csk(sk)->icsk_retransmit_timer;
}

static inline struct sock *xtcp_compat_rtx_timer_sk(struct timer_list *timer)
{
	return (struct sock *)container_of(timer, struct inet_connection_sock, icsk_retransmit_timer);
}
#else
static inline bool xtcp_compat_show_timeout(struct sock *sk, unsigned long at)
{
	return false;
}

static inline struct timer_list *xtcp_compat_rtx_timer(struct sock *sk)
{
	return &sk->tcp_retransmit_timer;
}

static inline struct sock *xtcp_compat_rtx_timer_sk(struct timer_list *timer)
{
	return container_of(timer, struct sock, tcp_retransmit_timer);
}
#endif

/* Receive timestamps were struct timespec64, now are ktime_t. */
#ifdef XTCP_KERNEL_HAS_TSTAMP_KTIME
static inline struct timespec64 xtcp_compat_tstamp(const struct scm_timestamping_internal *ts, int i)
{
	return ktime_to_timespec64(ts->ts[i]);
}

static inline void xtcp_compat_tstamp_set(struct scm_timestamping_internal *ts, int i, ktime_t at)
{
	ts->ts[i] = at;
}
#else
static inline struct timespec64 xtcp_compat_tstamp(const struct scm_timestamping_internal *ts, int i)
{
	return ts->ts[i];
}

static inline void xtcp_compat_tstamp_set(struct scm_timestamping_internal *ts, int i, ktime_t at)
{
	ts->ts[i] = at ? ktime_to_timespec64(at) : (struct timespec64){};
}
#endif

/*
 * The stamp of an acknowledgment goes to the error queue. Newer kernels look into their own TCP's control block whether
 * it is wanted; @skb's is XTCP's.
 */
static inline void xtcp_compat_stamp_acked(struct sock *sk, struct sk_buff *skb)
{
#ifdef TSTAMP_ACK_SK
	char cb[sizeof(skb->cb)];

	memcpy(cb, skb->cb, sizeof(cb));
	TCP_SKB_CB(skb)->txstamp_ack = TSTAMP_ACK_SK;
	__skb_tstamp_tx(skb, NULL, NULL, sk, SCM_TSTAMP_ACK);
	memcpy(skb->cb, cb, sizeof(cb));
#else
	__skb_tstamp_tx(skb, NULL, NULL, sk, SCM_TSTAMP_ACK);
#endif
}

/* ------------------------------------------------------------ memory */

/* Does accept() of every protocol charge what a connection holds to the process's cgroup? */
#ifdef XTCP_KERNEL_HAS_ACCEPT_CHARGES
#define XTCP_COMPAT_ACCEPT_CHARGES	true
#else
#define XTCP_COMPAT_ACCEPT_CHARGES	false
#endif

#ifdef CONFIG_MEMCG
/* Does a cgroup of version 1 count TCP's buffers? */
static inline bool xtcp_compat_memcg_v1_tcp(const struct mem_cgroup *memcg)
{
#if !defined(XTCP_KERNEL_HAS_MEMCG_V1_OPTION) || defined(CONFIG_MEMCG_V1)
	return memcg->tcpmem_active;
#else
	return false;
#endif
}
#endif

static inline void xtcp_compat_vma_flags(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
#ifdef XTCP_KERNEL_HAS_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* Unmap the pages of [@address, @address + @size) in @vma. */
static inline void xtcp_compat_zap(struct vm_area_struct *vma, unsigned long address, unsigned long size)
{
#if defined(XTCP_KERNEL_HAS_ZAP_VMA_RANGE)
	zap_vma_range(vma, address, size);
#elif defined(XTCP_KERNEL_HAS_ZAP_PAGE_RANGE)
	zap_page_range(vma, address, size);
#else
	zap_page_range_single(vma, address, size, NULL);
#endif
}

/* @iter is [@buf, @buf + @len) of the user, to be written; -EFAULT */
static inline int xtcp_compat_import(void __user *buf, size_t len, struct iovec *iov, struct iov_iter *iter)
{
#ifdef XTCP_KERNEL_HAS_IMPORT_UBUF
	return import_ubuf(ITER_DEST, buf, len, iter);
#else
	return import_single_range(READ, buf, len, iov, iter);
#endif
}

#ifdef XTCP_KERNEL_HAS_ZEROCOPY_DEVMEM
#define xtcp_compat_zerocopy_realloc(sk, size, uarg)	msg_zerocopy_realloc(sk, size, uarg, false)
#define xtcp_compat_zerocopy_iter(sk, skb, msg, len, uarg)	skb_zerocopy_iter_stream(sk, skb, msg, len, uarg, NULL)
#else
#define xtcp_compat_zerocopy_realloc(sk, size, uarg)	msg_zerocopy_realloc(sk, size, uarg)
#define xtcp_compat_zerocopy_iter(sk, skb, msg, len, uarg)	skb_zerocopy_iter_stream(sk, skb, msg, len, uarg)
#endif

/* ------------------------------------------------------------ congestion control */

/* Defines @name, a tcp_congestion_ops.cong_control, by @fn(sk, rs), and calls one. */
#ifdef XTCP_KERNEL_HAS_CONG_CONTROL_ACK
#define XTCP_COMPAT_CONG_CONTROL(name, fn)						\
static void name(struct sock *sk, u32 ack, int flag, const struct rate_sample *rs)	\
{											\
	fn(sk, rs);									\
}

#define xtcp_compat_cong_control(ops, sk, ack, rs)	((ops)->cong_control(sk, ack, 0, rs))
#else
#define XTCP_COMPAT_CONG_CONTROL(name, fn)						\
static void name(struct sock *sk, const struct rate_sample *rs)				\
{											\
	fn(sk, rs);									\
}

#define xtcp_compat_cong_control(ops, sk, ack, rs)	((ops)->cong_control(sk, rs))
#endif

/* The first transmission after an idle time has a call of its own on newer kernels: @name, by @fn(sk). */
#ifdef XTCP_KERNEL_HAS_EVENT_TX_START
#define XTCP_COMPAT_TX_START_OP		.cwnd_event_tx_start
#define XTCP_COMPAT_TX_START(name, fn)							\
static void name(struct sock *sk)							\
{											\
	fn(sk);										\
}
#else
#define XTCP_COMPAT_TX_START_OP		.cwnd_event
#define XTCP_COMPAT_TX_START(name, fn)							\
static void name(struct sock *sk, enum tcp_ca_event event)				\
{											\
	if (event == CA_EVENT_TX_START)							\
		fn(sk);									\
}
#endif

static inline void xtcp_compat_cong_tx_start(const struct tcp_congestion_ops *ops, struct sock *sk)
{
#ifdef XTCP_KERNEL_HAS_EVENT_TX_START
	if (ops->cwnd_event_tx_start)
		ops->cwnd_event_tx_start(sk);
#else
	if (ops->cwnd_event)
		ops->cwnd_event(sk, CA_EVENT_TX_START);
#endif
}

/*
 * The kernel's way for a child to take the algorithm that its route says; false: not every kernel lets modules use it.
 * A weak symbol would tell at load, but arm64 loads no module that has one.
 */
static inline bool xtcp_compat_ca_openreq_child(struct sock *child, const struct dst_entry *dst)
{
#ifdef XTCP_KERNEL_EXPORTS_CA_OPENREQ_CHILD
	tcp_ca_openreq_child(child, dst);
	return true;
#else
	return false;
#endif
}

/*
 * How much of the receive buffer is window. Older kernels have one number for all (net.ipv4.tcp_adv_win_scale: a half),
 * newer ones one per socket, which their TCP measures; here it stays what it is at first, a half.
 */
static inline void xtcp_compat_window_share(struct tcp_sock *tp)
{
#ifdef TCP_DEFAULT_SCALING_RATIO
	tp->scaling_ratio = TCP_DEFAULT_SCALING_RATIO;
#endif
}

/*
 * bpf_setsockopt(TCP_CONGESTION) would set the kernel's fields of our socket without the references that go with them.
 * It answers EBUSY while it runs already, which this says for good.
 */
static inline void xtcp_compat_keep_congestion(struct tcp_sock *tp)
{
	tp->bpf_chg_cc_inprogress = 1;
}

/* struct tcp_sock's ecn_flags: RFC 3168 was agreed on */
#ifndef TCP_ECN_MODE_RFC3168
#define TCP_ECN_MODE_RFC3168	TCP_ECN_OK
#endif

/* An algorithm written in BPF has a marker instead of a module; kernels without a JIT have neither. */
#if defined(CONFIG_BPF_SYSCALL) && defined(CONFIG_BPF_JIT)
#define XTCP_COMPAT_IS_BPF_OWNER(owner)	((owner) == BPF_MODULE_OWNER)
#else
#define XTCP_COMPAT_IS_BPF_OWNER(owner)	false
#endif

/* ------------------------------------------------------------ options that came later: the kernel's numbers */

#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS		44
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US		45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US	46
#endif

#endif
