// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of a socket that are made when they are needed (sock/part.h), so that a connection which does nothing costs
 * no more than the kernel's. Called by listen() and the options that prepare it, and by whatever queues text or FIN for
 * the first time. Never makes a part that its caller cannot do without: without memory the call fails as it does
 * without memory for a buffer.
 */
#include <linux/slab.h>

#include "xtcp.h"

#ifndef CONFIG_DEBUG_SPINLOCK
/* what an idle connection costs beyond the kernel's: a byte more, and the slab takes a cache line more */
static_assert(offsetofend(struct xtcp_sock, listen) - offsetof(struct xtcp_sock, xn) <= 144);
#endif

static struct kmem_cache *xtcp_part_senders __ro_after_init;

/* sk_destruct of whatever was a listener: no reference is left, and no RCU reader */
static void xtcp_part_destruct(struct sock *sk)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	void (*next)(struct sock *sk) = l->destruct;

	xtcp_sk(sk)->listen = NULL;
	kfree(l);
	next(sk);
}

/**
 * xtcp_part_listen() - the listener's part of a socket, made if there is none
 * @sk: socket, locked; process context
 *
 * Return: it, or NULL without memory.
 */
struct xtcp_listen *xtcp_part_listen(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_listen *l = xs->listen;

	if (l)
		return l;
	l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return NULL;
	spin_lock_init(&l->accept_lock);
	INIT_LIST_HEAD(&l->accept_queue);
	l->fastopen_resets_at = jiffies;
	l->destruct = sk->sk_destruct;
	sk->sk_destruct = xtcp_part_destruct;
	/* paired with the readers that have no reference: whoever gets the pointer finds the part filled */
	smp_store_release(&xs->listen, l);
	/* and whoever finds a listener, by its state or in the table, gets the pointer */
	smp_wmb();
	return l;
}

/**
 * xtcp_part_make_sender() - the sender's part of a connection that has none; use xtcp_sender_get()
 * @sk: connection, locked
 * @gfp: allocation context
 *
 * Return: false without memory.
 */
bool xtcp_part_make_sender(struct sock *sk, gfp_t gfp)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_sender *tx = kmem_cache_zalloc(xtcp_part_senders, gfp);

	if (!tx)
		return false;
	tx->lost_below = xs->tp.snd_una;
	tx->rack.fack = xs->tp.snd_una;
	tx->why = XTCP_BY_APPLICATION;
	tx->why_since_us = xtcp_why(sk)->begin_us;
	xs->tx = tx;
	if (sk->sk_state == TCP_SYN_SENT)
		return true;
	/* it was not there to begin when the connection was established */
	xtcp_mtuprobe_init(sk);
	if (tx->mtup.enabled)
		xtcp_output_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
	return true;
}

/** xtcp_part_drop_sender() - the connection is over and its queues are empty; locked, or nobody knows the socket */
void xtcp_part_drop_sender(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!xs->tx)
		return;
	kmem_cache_free(xtcp_part_senders, xs->tx);
	xs->tx = NULL;
}

/** xtcp_part_init() - module load; 0 or -ENOMEM */
int xtcp_part_init(void)
{
	xtcp_part_senders = KMEM_CACHE(xtcp_sender, SLAB_ACCOUNT);
	return xtcp_part_senders ? 0 : -ENOMEM;
}

/** xtcp_part_exit() - module unload; no socket is left */
void xtcp_part_exit(void)
{
	kmem_cache_destroy(xtcp_part_senders);
}
