// SPDX-License-Identifier: GPL-2.0
/*
 * TCP_SAVE_SYN and TCP_SAVED_SYN: a listener may keep the headers of each SYN for the program that accepts the
 * connection. Kept by the request, handed to the child, given to the first who asks. tcp(7).
 */
#include "xtcp.h"

/**
 * xtcp_savesyn_keep() - copy the headers of @skb for @req, if the listener wants that
 * @req: new, not on the table yet
 * @skb: the SYN; transport header in the linear part. Softirq
 *
 * Without memory nothing is kept: that must not cost the connection.
 */
void xtcp_savesyn_keep(struct xtcp_req *req, const struct sk_buff *skb)
{
	u8 mode = tcp_sk(req->listener)->save_syn;
	u32 net = skb_network_header_len(skb), tcp = tcp_hdrlen(skb), mac = 0;
	const u8 *from = skb_network_header(skb);
	struct saved_syn *syn;

	if (!mode)
		return;
	if (mode == 2 && skb_mac_header_was_set(skb)) {
		from = skb_mac_header(skb);
		mac = skb_mac_header_len(skb);
	}
	syn = kmalloc(struct_size(syn, data, mac + net + tcp), GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return;
	syn->mac_hdrlen = mac;
	syn->network_hdrlen = net;
	syn->tcp_hdrlen = tcp;
	memcpy(syn->data, from, mac + net + tcp);
	req->saved_syn = syn;
}

/** xtcp_savesyn_inherit() - the request became a socket: the SYN is its own now; request's lock held */
void xtcp_savesyn_inherit(struct sock *child, struct xtcp_req *req)
{
	tcp_sk(child)->saved_syn = req->saved_syn;
	req->saved_syn = NULL;
}

/**
 * xtcp_savesyn_get() - getsockopt(TCP_SAVED_SYN): the headers, once
 * @sk: connection, not locked
 * @optval: where to
 * @optlen: in: room; out: bytes, or the room it takes
 *
 * Return: 0 (no bytes if none is kept), -EINVAL (too little room), -EFAULT.
 */
int xtcp_savesyn_get(struct sock *sk, char __user *optval, int __user *optlen)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int room, len, err = 0;

	if (get_user(room, optlen))
		return -EFAULT;
	lock_sock(sk);
	len = tp->saved_syn ? tcp_saved_syn_len(tp->saved_syn) : 0;
	if (put_user(len, optlen))
		err = -EFAULT;
	else if (len > room)
		err = -EINVAL;
	else if (len && copy_to_user(optval, tp->saved_syn->data, len))
		err = -EFAULT;
	if (len && !err)
		tcp_saved_syn_free(tp);
	release_sock(sk);
	return err;
}
