// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY: the user's own pages in the send queue, and a completion notice on the error queue when the last buffer
 * that holds them is freed. The kernel's ubuf_info does the pinning, the counting and the notice; this file only says
 * which buffer may take which pages. Called by sendmsg.c with the socket lock held. send(2), MSG_ZEROCOPY in
 * Documentation/networking/msg_zerocopy.rst.
 */
#include "xtcp.h"

/**
 * xtcp_zerocopy_begin() - does this call send pages instead of copying them?
 * @sk: connection, locked; process context
 * @msg: of the call; an io_uring notification in msg_ubuf is taken as it is
 * @size: bytes of the call
 *
 * Return: a reference on the notice, to be given back by net_zcopy_put() or net_zcopy_put_abort(); NULL: copy;
 * -ENOBUFS: too much is pinned, or too many notices wait (optmem_max).
 */
struct ubuf_info *xtcp_zerocopy_begin(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct sk_buff *tail = skb_peek_tail(xtcp_unsent(sk));
	struct ubuf_info *uarg;

	if (!(msg->msg_flags & MSG_ZEROCOPY) || !size)
		return NULL;
	if (msg->msg_ubuf) {
		net_zcopy_get(msg->msg_ubuf);
		return msg->msg_ubuf;
	}
	if (!sock_flag(sk, SOCK_ZEROCOPY))
		return NULL;
	uarg = xtcp_compat_zerocopy_realloc(sk, size, tail ? skb_zcopy(tail) : NULL);
	if (!uarg)
		return ERR_PTR(-ENOBUFS);
	/* the notice says so if the data had to be copied after all */
	if (!(sk->sk_route_caps & NETIF_F_SG))
		uarg_to_msgzc(uarg)->zerocopy = 0;
	return uarg;
}

/** xtcp_zerocopy_fits() - may pages of @uarg be appended to @skb? A buffer carries one notice only */
bool xtcp_zerocopy_fits(const struct sk_buff *skb, const struct ubuf_info *uarg)
{
	const struct ubuf_info *has = skb_zcopy((struct sk_buff *)skb);

	return !has || has == uarg;
}

/**
 * xtcp_zerocopy_add() - append the next pages of the user to @skb
 * @sk: connection, locked
 * @skb: last unsent buffer, for which xtcp_zerocopy_fits()
 * @msg: the user's; advanced by what was taken
 * @want: bytes
 * @uarg: notice
 *
 * Return: bytes taken, 0 to wait for memory or begin a new buffer, or -EFAULT. Charges the buffer's whole pages.
 */
int xtcp_zerocopy_add(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want, struct ubuf_info *uarg)
{
	int n;

	if (!sk_wmem_schedule(sk, want))
		return 0;
	n = xtcp_compat_zerocopy_iter(sk, skb, msg, want, uarg);
	return n == -EMSGSIZE || n == -EEXIST ? 0 : n;
}
