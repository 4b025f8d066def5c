// SPDX-License-Identifier: GPL-2.0
/*
 * setsockopt(), getsockopt() and ioctl() of XTCP sockets: the options of tcp(7), with its ranges and errors, kept in
 * the fields of the embedded tcp_sock that the kernel keeps them in. IP's own options are IP's own code. What XTCP
 * lacks is refused, never accepted and ignored. Called from the user's edge; process context, may sleep.
 */
#include <linux/capability.h>
#include <linux/inet_diag.h>
#include <linux/sockios.h>
#include <net/ip.h>
#include <asm/ioctls.h>

#include "xtcp.h"

#define XTCP_SOCKOPT_QUICKACKS	16	/* ACKs sent at once after TCP_QUICKACK was set */

/* ------------------------------------------------------------ side effects */

/* May data leave in this state? */
static bool xtcp_sockopt_can_send(const struct sock *sk)
{
	return (1 << sk->sk_state) &
	       (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK);
}

static void xtcp_sockopt_push(struct sock *sk, bool force)
{
	if (!xtcp_sockopt_can_send(sk) || skb_queue_empty(xtcp_unsent(sk)))
		return;
	xtcp_clock_refresh(tcp_sk(sk));
	xtcp_output_push(sk, force);
}

/* Weaker than TCP_CORK from now on, but what waits already goes even so. */
static void xtcp_sockopt_nodelay(struct sock *sk, bool on)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!on) {
		tp->nonagle &= ~TCP_NAGLE_OFF;
		return;
	}
	tp->nonagle |= TCP_NAGLE_OFF;
	xtcp_sockopt_push(sk, true);
}

static void xtcp_sockopt_cork(struct sock *sk, bool on)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (on) {
		tp->nonagle |= TCP_NAGLE_CORK;
		return;
	}
	tp->nonagle &= ~TCP_NAGLE_CORK;
	xtcp_sockopt_push(sk, tp->nonagle & TCP_NAGLE_OFF);
}

/* 0: leave ACKs to data. Odd: acknowledge at once. Even: acknowledge now, and then leave it to data again. */
static void xtcp_sockopt_quickack(struct sock *sk, int val)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xs->pingpong = !val;
	xs->turns = 0;
	if (!val)
		return;
	xs->quick = max_t(u8, xs->quick, XTCP_SOCKOPT_QUICKACKS);
	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) || xs->tp.rcv_nxt == xs->last_ack_sent)
		return;
	xtcp_clock_refresh(&xs->tp);
	xtcp_control_ack(sk);
	xs->pingpong = !(val & 1);
}

static int xtcp_sockopt_keepidle(struct sock *sk, int seconds)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 idle;

	if (seconds < 1 || seconds > MAX_TCP_KEEPIDLE)
		return -EINVAL;
	WRITE_ONCE(tp->keepalive_time, seconds * HZ);
	if (!sock_flag(sk, SOCK_KEEPOPEN) || (1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return 0;
	idle = min_t(u32, keepalive_time_elapsed(tp), tp->keepalive_time);
	xtcp_timer_keep_start(sk, tp->keepalive_time - idle);
	return 0;
}

static int xtcp_sockopt_window_clamp(struct sock *sk, int bytes)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!bytes && sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	tp->window_clamp = bytes ? max_t(u32, bytes, SOCK_MIN_RCVBUF / 2) : 0;
	if (tp->window_clamp)
		tp->rcv_ssthresh = min(tp->rcv_ssthresh, tp->window_clamp);
	return 0;
}

/**
 * xtcp_sockopt_rcvlowat() - proto_ops.set_rcvlowat: wake readers only when @bytes can be read
 * @sk: socket, locked
 * @bytes: bounded by half of the largest receive buffer; the buffer grows so that they fit
 */
int xtcp_sockopt_rcvlowat(struct sock *sk, int bytes)
{
	bool fixed = sk->sk_userlocks & SOCK_RCVBUF_LOCK;
	int most = fixed ? sk->sk_rcvbuf : READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_rmem[2]);
	struct tcp_sock *tp = tcp_sk(sk);

	bytes = min(bytes, most / 2);
	WRITE_ONCE(sk->sk_rcvlowat, bytes ? : 1);
	if (!fixed && sk->sk_rcvbuf < 2 * bytes)
		WRITE_ONCE(sk->sk_rcvbuf, 2 * bytes);
	if ((int)(tp->rcv_nxt - tp->copied_seq) >= sk->sk_rcvlowat)
		sk->sk_data_ready(sk);
	return 0;
}

/* ------------------------------------------------------------ units */

/* TCP_DEFER_ACCEPT is set in seconds and kept in retransmissions of the SYN-ACK: 1 s, 2 s, 4 s ... between them */
static u8 xtcp_sockopt_retrans_of(int seconds)
{
	int step = TCP_TIMEOUT_INIT / HZ, sum = 0;
	u8 n;

	for (n = 0; sum < seconds && n < U8_MAX; n++) {
		sum += step;
		step = min_t(int, 2 * step, TCP_RTO_MAX / HZ);
	}
	return n;
}

static int xtcp_sockopt_seconds_of(u8 retrans)
{
	int step = TCP_TIMEOUT_INIT / HZ, sum = 0;

	while (retrans--) {
		sum += step;
		step = min_t(int, 2 * step, TCP_RTO_MAX / HZ);
	}
	return sum;
}

static int xtcp_sockopt_linger2_of(int seconds)
{
	if (seconds < 0)
		return -1;
	return seconds > TCP_FIN_TIMEOUT_MAX / HZ ? TCP_FIN_TIMEOUT_MAX : seconds * HZ;
}

/* ------------------------------------------------------------ setsockopt() */

static int xtcp_sockopt_set_congestion(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	bool may_any = ns_capable(sock_net(sk)->user_ns, CAP_NET_ADMIN);
	char name[TCP_CA_NAME_MAX];
	long len;

	if (optlen < 1)
		return -EINVAL;
	len = strncpy_from_sockptr(name, optval, min_t(size_t, sizeof(name) - 1, optlen));
	if (len < 0)
		return -EFAULT;
	name[len] = '\0';
	if (!len)
		return -ENOENT;
	return xtcp_cong_set(sk, name, may_any);
}

/* Bounds of the retransmission time-out and of the delayed ACK; shorter ones than Linux's defaults only. */
static int xtcp_sockopt_set_bound(struct sock *sk, int optname, int val)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	unsigned long ticks = val > 0 ? usecs_to_jiffies(val) : 0;

	switch (optname) {
	case TCP_RTO_MAX_MS:
		if (val < MSEC_PER_SEC || val > XTCP_RTO_MAX_US / USEC_PER_MSEC)
			return -EINVAL;
		WRITE_ONCE(xtcp_sk(sk)->rto_max_us, val * USEC_PER_MSEC);
		return 0;
	case TCP_RTO_MIN_US:
		if (ticks > TCP_RTO_MIN || ticks < XTCP_TIMEOUT_MIN)
			return -EINVAL;
		WRITE_ONCE(icsk->icsk_rto_min, ticks);
		return 0;
	case TCP_DELACK_MAX_US:
		if (ticks > TCP_DELACK_MAX || ticks < XTCP_TIMEOUT_MIN)
			return -EINVAL;
		WRITE_ONCE(icsk->icsk_delack_max, ticks);
		return 0;
	}
	return -ENOPROTOOPT;
}

/* No upper layer is for us, whatever its name is. */
static int xtcp_sockopt_set_ulp(sockptr_t optval, unsigned int optlen)
{
	char name[TCP_ULP_NAME_MAX];

	if (optlen < 1)
		return -EINVAL;
	if (strncpy_from_sockptr(name, optval, min_t(size_t, sizeof(name) - 1, optlen)) < 0)
		return -EFAULT;
	return -ENOENT;
}

/* Keepalive and how long a connection is given before it is given up. */
static int xtcp_sockopt_set_timing(struct sock *sk, int optname, int val)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	switch (optname) {
	case TCP_KEEPIDLE:
		return xtcp_sockopt_keepidle(sk, val);
	case TCP_KEEPINTVL:
		if (val < 1 || val > MAX_TCP_KEEPINTVL)
			return -EINVAL;
		WRITE_ONCE(tp->keepalive_intvl, val * HZ);
		return 0;
	case TCP_KEEPCNT:
		if (val < 1 || val > MAX_TCP_KEEPCNT)
			return -EINVAL;
		WRITE_ONCE(tp->keepalive_probes, val);
		return 0;
	case TCP_SYNCNT:
		if (val < 1 || val > MAX_TCP_SYNCNT)
			return -EINVAL;
		WRITE_ONCE(icsk->icsk_syn_retries, val);
		return 0;
	case TCP_LINGER2:
		WRITE_ONCE(tp->linger2, xtcp_sockopt_linger2_of(val));
		return 0;
	case TCP_DEFER_ACCEPT:
		WRITE_ONCE(xtcp_sk(sk)->defer_accept, xtcp_sockopt_retrans_of(val));
		return 0;
	case TCP_USER_TIMEOUT:
		if (val < 0)
			return -EINVAL;
		WRITE_ONCE(icsk->icsk_user_timeout, val);
		return 0;
	case TCP_XTCP_TIME_WAIT_MS:
		if (val < 0 || val > XTCP_TIME_WAIT_MS_MAX)
			return -EINVAL;
		xtcp_sk(sk)->time_wait_ms = val;
		return 0;
	}
	return xtcp_sockopt_set_bound(sk, optname, val);
}

/* What XTCP does not have: the errors of a kernel, or of a caller, without it. */
static int xtcp_sockopt_refuse(const struct sock *sk, int optname)
{
	switch (optname) {
	/* none may begin to repair, so the others answer as a socket that is not being repaired does */
	case TCP_REPAIR:
	case TCP_REPAIR_QUEUE:
	case TCP_REPAIR_WINDOW:
	case TCP_TIMESTAMP:
		return -EPERM;
	case TCP_QUEUE_SEQ:
		return sk->sk_state == TCP_CLOSE ? -EINVAL : -EPERM;
	case TCP_REPAIR_OPTIONS:
		return -EINVAL;
	}
	return -ENOPROTOOPT;
}

/* tcp(7), RFC 7413: the server's limit, the client's deferred connect(), and doing without cookies */
static int xtcp_sockopt_set_fastopen(struct sock *sk, int optname, int val)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool idle = sk->sk_state == TCP_CLOSE;

	switch (optname) {
	case TCP_FASTOPEN:
		if (val < 0 || !(idle || sk->sk_state == TCP_LISTEN))
			return -EINVAL;
		if (!xtcp_part_listen(sk))
			return -ENOBUFS;
		WRITE_ONCE(xtcp_sk(sk)->listen->fastopen_max,
			   min_t(unsigned int, val, READ_ONCE(sock_net(sk)->core.sysctl_somaxconn)));
		return 0;
	case TCP_FASTOPEN_CONNECT:
		if (val < 0 || val > 1)
			return -EINVAL;
		if (!(READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) & TFO_CLIENT_ENABLE))
			return -EOPNOTSUPP;
		if (!idle)
			return -EINVAL;
		tp->fastopen_connect = val;
		return 0;
	case TCP_FASTOPEN_NO_COOKIE:
		if (val < 0 || val > 1 || !(idle || sk->sk_state == TCP_LISTEN))
			return -EINVAL;
		tp->fastopen_no_cookie = val;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int xtcp_sockopt_set_fastopen_key(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	u8 keys[XTCP_FASTOPEN_KEYS * sizeof(siphash_key_t)];
	int err;

	if (optlen != sizeof(siphash_key_t) && optlen != sizeof(keys))
		return -EINVAL;
	if (copy_from_sockptr(keys, optval, optlen))
		return -EFAULT;
	lock_sock(sk);
	err = xtcp_fastopen_set_keys(sk, keys, optlen);
	release_sock(sk);
	return err;
}

static int xtcp_sockopt_set_int(struct sock *sk, int optname, int val)
{
	struct tcp_sock *tp = tcp_sk(sk);

	switch (optname) {
	case TCP_NODELAY:
		xtcp_sockopt_nodelay(sk, val);
		return 0;
	case TCP_CORK:
		xtcp_sockopt_cork(sk, val);
		return 0;
	case TCP_QUICKACK:
		xtcp_sockopt_quickack(sk, val);
		return 0;
	case TCP_MAXSEG:
		if (val && (val < TCP_MIN_MSS || val > MAX_TCP_WINDOW))
			return -EINVAL;
		tp->rx_opt.user_mss = val;
		return 0;
	case TCP_WINDOW_CLAMP:
		return xtcp_sockopt_window_clamp(sk, val);
	case TCP_NOTSENT_LOWAT:
		WRITE_ONCE(tp->notsent_lowat, val);
		sk->sk_write_space(sk);
		return 0;
	case TCP_INQ:
		if (val < 0 || val > 1)
			return -EINVAL;
		tp->recvmsg_inq = val;
		return 0;
	case TCP_SAVE_SYN:
		if (val < 0 || val > 2)
			return -EINVAL;
		tp->save_syn = val;
		return 0;
	case TCP_TX_DELAY:
		WRITE_ONCE(tp->tcp_tx_delay, val);
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
		if (val < 0 || val > 1)
			return -EINVAL;
		tp->thin_lto = val;
		return 0;
	case TCP_THIN_DUPACK:	/* without effect in Linux too, since 4.12 */
		return val < 0 || val > 1 ? -EINVAL : 0;
	case TCP_FASTOPEN:
	case TCP_FASTOPEN_CONNECT:
	case TCP_FASTOPEN_NO_COOKIE:
		return xtcp_sockopt_set_fastopen(sk, optname, val);
	case TCP_KEEPIDLE:
	case TCP_KEEPINTVL:
	case TCP_KEEPCNT:
	case TCP_SYNCNT:
	case TCP_LINGER2:
	case TCP_DEFER_ACCEPT:
	case TCP_USER_TIMEOUT:
	case TCP_RTO_MAX_MS:
	case TCP_RTO_MIN_US:
	case TCP_DELACK_MAX_US:
	case TCP_XTCP_TIME_WAIT_MS:
		return xtcp_sockopt_set_timing(sk, optname, val);
	}
	return xtcp_sockopt_refuse(sk, optname);
}

/**
 * xtcp_setsockopt() - proto.setsockopt: levels SOL_TCP, SOL_IP and SOL_IPV6
 * @sk: socket, not locked
 * @level: of @optname
 * @optname: TCP_*, IP_* or IPV6_*
 * @optval: value
 * @optlen: bytes at @optval
 *
 * Return: 0, -EINVAL (out of range), -EFAULT, -ENOPROTOOPT, or as single options have it.
 */
int xtcp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen)
{
	int val, err;

	if (level != SOL_TCP && sk->sk_family == AF_INET6) {
		/* would turn it into a socket of the kernel's TCP */
		if (level == SOL_IPV6 && optname == IPV6_ADDRFORM)
			return -ENOPROTOOPT;
		return ipv6_setsockopt(sk, level, optname, optval, optlen);
	}
	if (level != SOL_TCP)
		return ip_setsockopt(sk, level, optname, optval, optlen);

	if (optname == TCP_CONGESTION)
		return xtcp_sockopt_set_congestion(sk, optval, optlen);
	if (optname == TCP_FASTOPEN_KEY)
		return xtcp_sockopt_set_fastopen_key(sk, optval, optlen);
	if (optname == TCP_ULP)
		return xtcp_sockopt_set_ulp(optval, optlen);
	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;

	lock_sock(sk);
	err = xtcp_sockopt_set_int(sk, optname, val);
	if (!err)
		xtcp_param_own(sk, optname);
	release_sock(sk);
	return err;
}

/* ------------------------------------------------------------ getsockopt() */

/* Copy out at most @len of @size bytes at @from, and how many. */
static int xtcp_sockopt_copy(const void *from, unsigned int size, unsigned int len, char __user *optval,
			     int __user *optlen)
{
	len = min(len, size);
	if (put_user(len, optlen) || copy_to_user(optval, from, len))
		return -EFAULT;
	return 0;
}

static int xtcp_sockopt_get_info(struct sock *sk, unsigned int len, char __user *optval, int __user *optlen)
{
	struct tcp_info info;

	tcp_get_info(sk, &info);
	return xtcp_sockopt_copy(&info, sizeof(info), len, optval, optlen);
}

static int xtcp_sockopt_get_cc_info(struct sock *sk, unsigned int len, char __user *optval, int __user *optlen)
{
	const struct tcp_congestion_ops *ops;
	union tcp_cc_info info;
	size_t size = 0;
	int attr;

	lock_sock(sk);
	ops = inet_csk(sk)->icsk_ca_ops;
	if (ops->get_info)
		size = ops->get_info(sk, ~0U, &attr, &info);
	release_sock(sk);
	return xtcp_sockopt_copy(&info, size, len, optval, optlen);
}

static int xtcp_sockopt_get_congestion(struct sock *sk, unsigned int len, char __user *optval, int __user *optlen)
{
	char name[TCP_CA_NAME_MAX];

	/* borrowed until the namespace goes, so it stays readable */
	memcpy(name, READ_ONCE(inet_csk(sk)->icsk_ca_ops)->name, sizeof(name));
	return xtcp_sockopt_copy(name, sizeof(name), len, optval, optlen);
}

/* The name by which ss -e tells XTCP's sockets: a program can ask too. */
static int xtcp_sockopt_get_ulp(struct sock *sk, unsigned int len, char __user *optval, int __user *optlen)
{
	return xtcp_sockopt_copy(inet_csk(sk)->icsk_ulp_ops->name, TCP_ULP_NAME_MAX, len, optval, optlen);
}

static int xtcp_sockopt_get_linger2(const struct sock *sk)
{
	int val = READ_ONCE(tcp_sk(sk)->linger2);

	if (val < 0)
		return val;
	return (val ? : READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fin_timeout)) / HZ;
}

static int xtcp_sockopt_get_maxseg(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (tp->rx_opt.user_mss && (1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return tp->rx_opt.user_mss;
	return tp->mss_cache;
}

static int xtcp_sockopt_get_timing(const struct sock *sk, int optname, int *val)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	switch (optname) {
	case TCP_KEEPIDLE:
		*val = keepalive_time_when(tp) / HZ;
		return 0;
	case TCP_KEEPINTVL:
		*val = keepalive_intvl_when(tp) / HZ;
		return 0;
	case TCP_KEEPCNT:
		*val = keepalive_probes(tp);
		return 0;
	case TCP_SYNCNT:
		*val = READ_ONCE(icsk->icsk_syn_retries) ? : READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_syn_retries);
		return 0;
	case TCP_LINGER2:
		*val = xtcp_sockopt_get_linger2(sk);
		return 0;
	case TCP_DEFER_ACCEPT:
		*val = xtcp_sockopt_seconds_of(READ_ONCE(xtcp_sk(sk)->defer_accept));
		return 0;
	case TCP_USER_TIMEOUT:
		*val = READ_ONCE(icsk->icsk_user_timeout);
		return 0;
	case TCP_RTO_MAX_MS:
		*val = READ_ONCE(xtcp_sk(sk)->rto_max_us) / USEC_PER_MSEC;
		return 0;
	case TCP_RTO_MIN_US:
		*val = jiffies_to_usecs(READ_ONCE(icsk->icsk_rto_min));
		return 0;
	case TCP_DELACK_MAX_US:
		*val = jiffies_to_usecs(READ_ONCE(icsk->icsk_delack_max));
		return 0;
	case TCP_XTCP_TIME_WAIT_MS:
		*val = xtcp_sk(sk)->time_wait_ms ? : READ_ONCE(xtcp_sk_net(sk)->time_wait_ms);
		return 0;
	case TCP_TIMESTAMP:
		*val = xtcp_clock_ts(xtcp_clock_us()) + READ_ONCE(tp->tsoffset);
		return 0;
	}
	return -ENOPROTOOPT;
}

static int xtcp_sockopt_get_int(const struct sock *sk, int optname, int *val)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct xtcp_listen *l;

	switch (optname) {
	case TCP_NODELAY:
		*val = !!(tp->nonagle & TCP_NAGLE_OFF);
		return 0;
	case TCP_CORK:
		*val = !!(tp->nonagle & TCP_NAGLE_CORK);
		return 0;
	case TCP_QUICKACK:
		*val = !xtcp_sk(sk)->pingpong;
		return 0;
	case TCP_MAXSEG:
		*val = xtcp_sockopt_get_maxseg(sk);
		return 0;
	case TCP_WINDOW_CLAMP:
		*val = tp->window_clamp;
		return 0;
	case TCP_NOTSENT_LOWAT:
		*val = READ_ONCE(tp->notsent_lowat);
		return 0;
	case TCP_INQ:
		*val = tp->recvmsg_inq;
		return 0;
	case TCP_FASTOPEN:
		l = READ_ONCE(xtcp_sk(sk)->listen);
		*val = l ? READ_ONCE(l->fastopen_max) : 0;
		return 0;
	case TCP_FASTOPEN_CONNECT:
		*val = tp->fastopen_connect;
		return 0;
	case TCP_FASTOPEN_NO_COOKIE:
		*val = tp->fastopen_no_cookie;
		return 0;
	case TCP_SAVE_SYN:
		*val = tp->save_syn;
		return 0;
	case TCP_TX_DELAY:
		*val = READ_ONCE(tp->tcp_tx_delay);
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
		*val = tp->thin_lto;
		return 0;
	case TCP_REPAIR_QUEUE:
	case TCP_QUEUE_SEQ:
		return -EINVAL;
	case TCP_THIN_DUPACK:
	case TCP_REPAIR:
		*val = 0;
		return 0;
	}
	return xtcp_sockopt_get_timing(sk, optname, val);
}

static int xtcp_sockopt_get_fastopen_key(struct sock *sk, int len, char __user *optval, int __user *optlen)
{
	u8 keys[XTCP_FASTOPEN_KEYS * sizeof(siphash_key_t)];

	return xtcp_sockopt_copy(keys, xtcp_fastopen_get_keys(sk, keys), len, optval, optlen);
}

static int xtcp_sockopt_get_tcp(struct sock *sk, int optname, char __user *optval, int __user *optlen)
{
	int val, len, err;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;

	switch (optname) {
	case TCP_INFO:
		return xtcp_sockopt_get_info(sk, len, optval, optlen);
	case TCP_CC_INFO:
		return xtcp_sockopt_get_cc_info(sk, len, optval, optlen);
	case TCP_SAVED_SYN:
		return xtcp_savesyn_get(sk, optval, optlen);
	case TCP_ZEROCOPY_RECEIVE:
		return xtcp_zcrecv_get(sk, optval, optlen);
	case TCP_CONGESTION:
		return xtcp_sockopt_get_congestion(sk, len, optval, optlen);
	case TCP_FASTOPEN_KEY:
		return xtcp_sockopt_get_fastopen_key(sk, len, optval, optlen);
	case TCP_ULP:
		return xtcp_sockopt_get_ulp(sk, len, optval, optlen);
	case TCP_REPAIR_WINDOW:
		return len == sizeof(struct tcp_repair_window) ? -EPERM : -EINVAL;
	}
	err = xtcp_sockopt_get_int(sk, optname, &val);
	if (err)
		return err;
	return xtcp_sockopt_copy(&val, sizeof(val), len, optval, optlen);
}

/** xtcp_getsockopt() - proto.getsockopt: levels SOL_TCP, SOL_IP and SOL_IPV6; 0, -EINVAL, -EFAULT, -ENOPROTOOPT */
int xtcp_getsockopt(struct sock *sk, int level, int optname, char __user *optval, int __user *optlen)
{
	if (level == SOL_TCP)
		return xtcp_sockopt_get_tcp(sk, optname, optval, optlen);
	if (sk->sk_family == AF_INET6)
		return ipv6_getsockopt(sk, level, optname, optval, optlen);
	return ip_getsockopt(sk, level, optname, optval, optlen);
}

/* ------------------------------------------------------------ ioctl() */

static int xtcp_sockopt_inq(struct sock *sk)
{
	int n = 0;

	lock_sock(sk);
	if (!xtcp_opening(sk))
		n = xtcp_urgent_readable(sk);
	release_sock(sk);
	return n;
}

/* Bytes from @from to the end of what was written. */
static int xtcp_sockopt_outq(const struct sock *sk, u32 from)
{
	if (xtcp_opening(sk))
		return 0;
	return READ_ONCE(tcp_sk(sk)->write_seq) - from;
}

/** xtcp_ioctl() - SIOCINQ, SIOCOUTQ, SIOCOUTQNSD (-EINVAL on a listener), SIOCATMARK: put the number in @val */
int xtcp_ioctl(struct sock *sk, int cmd, int *val)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state == TCP_LISTEN && (cmd == SIOCINQ || cmd == SIOCOUTQ || cmd == SIOCOUTQNSD))
		return -EINVAL;
	switch (cmd) {
	case SIOCINQ:
		*val = xtcp_sockopt_inq(sk);
		break;
	case SIOCOUTQ:
		*val = xtcp_sockopt_outq(sk, READ_ONCE(tp->snd_una));
		break;
	case SIOCOUTQNSD:
		*val = xtcp_sockopt_outq(sk, READ_ONCE(tp->snd_nxt));
		break;
	case SIOCATMARK:
		*val = xtcp_urgent_at_mark(sk);
		break;
	default:
		return -ENOIOCTLCMD;
	}
	return 0;
}
