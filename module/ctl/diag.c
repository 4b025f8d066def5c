// SPDX-License-Identifier: GPL-2.0
/*
 * What administrators do to sockets through the kernel's sock_diag: ss -K. XTCP's connections are in the kernel's
 * table, so sock_diag finds them there, reads them with tcp_get_info(), and comes here to end one.
 */
#include <linux/sock_diag.h>
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

/** xtcp_diag_cookie() - the number that names a socket, as SO_COOKIE has it; given when it is first asked for */
u64 xtcp_diag_cookie(struct sock *sk)
{
	u64 cookie = atomic64_read(&sk->sk_cookie);
	u32 half[2];

	if (likely(cookie))
		return cookie;
	sock_diag_save_cookie(sk, half);
	return (u64)half[1] << 32 | half[0];
}

/**
 * xtcp_diag_abort() - proto.diag_destroy: end a socket as if the network had
 * @sk: from the connection table, with a reference; not locked; process context
 * @err: what the user's next call reports
 *
 * A connection is reset (RFC 9293 3.10.5), a listener stops listening; the user keeps a closed socket.
 *
 * Return: 0, or -ENOENT if it is closed already.
 */
int xtcp_diag_abort(struct sock *sk, int err)
{
	lock_sock(sk);
	if (sk->sk_state == TCP_CLOSE) {
		release_sock(sk);
		return -ENOENT;
	}
	if (sk->sk_state == TCP_LISTEN) {
		xtcp_listen_stop(sk);
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
		sk->sk_state_change(sk);
	} else {
		/* what follows is a softirq's work elsewhere */
		local_bh_disable();
		bh_lock_sock(sk);
		xtcp_why_ends(sk, XTCP_REASON_ADMIN);
		xtcp_close_abort(sk, err);
		bh_unlock_sock(sk);
		local_bh_enable();
	}
	release_sock(sk);
	return 0;
}
