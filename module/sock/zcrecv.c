// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving without copying: mmap() of a socket reserves addresses, TCP_ZEROCOPY_RECEIVE puts the pages that data came
 * in there. Only whole pages of payload can be mapped; what lies between is left to be copied, here into the caller's
 * second buffer or by recv(). A page stays mapped until the next call, or munmap(). Process context. tcp(7).
 */
#include <linux/mm.h>

#include "xtcp.h"

static const struct vm_operations_struct xtcp_zcrecv_vm_ops = {
};

/** xtcp_zcrecv_mmap() - proto_ops.mmap: addresses for received pages, read-only; -EPERM if they were to be written */
int xtcp_zcrecv_mmap(struct file *file, struct socket *sock, struct vm_area_struct *vma)
{
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	/* get_user_pages() of these would let others write what the network gave */
	xtcp_compat_vma_flags(vma, VM_MIXEDMAP, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &xtcp_zcrecv_vm_ops;
	return 0;
}

/* The fragment of @skb that holds byte @offset, and the offset in it; NULL: it is in the linear part or beyond. */
static const skb_frag_t *xtcp_zcrecv_frag(const struct sk_buff *skb, u32 offset, u32 *into)
{
	u32 i, pos = skb_headlen(skb);

	if (offset < pos)
		return NULL;
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		if (offset < pos + skb_frag_size(frag)) {
			*into = offset - pos;
			return frag;
		}
		pos += skb_frag_size(frag);
	}
	return NULL;
}

/* The page that holds exactly the stream's bytes [offset, offset + PAGE_SIZE) of @skb, or NULL. */
static struct page *xtcp_zcrecv_page(const struct sk_buff *skb, u32 offset)
{
	const skb_frag_t *frag;
	struct page *page;
	u32 into;

	frag = xtcp_zcrecv_frag(skb, offset, &into);
	if (!frag || skb_frag_size(frag) - into < PAGE_SIZE || !IS_ALIGNED(skb_frag_off(frag) + into, PAGE_SIZE))
		return NULL;
	page = skb_frag_page(frag) + ((skb_frag_off(frag) + into) >> PAGE_SHIFT);
	/* of the page cache, or anonymous: somebody else may change it or reclaim it */
	if (PageCompound(page) || page->mapping || PageSlab(page) || PageAnon(page))
		return NULL;
	return page;
}

/* The buffer of the queue that holds @seq, not before @skb (NULL: from the head on). */
static struct sk_buff *xtcp_zcrecv_find(struct sock *sk, struct sk_buff *skb, u32 seq, u32 *offset)
{
	if (!skb)
		skb = skb_peek(&sk->sk_receive_queue);
	if (!skb)
		return NULL;
	skb_queue_walk_from(&sk->sk_receive_queue, skb) {
		*offset = seq - XTCP_CB(skb)->seq;
		if (*offset < skb->len)
			return skb;
	}
	return NULL;
}

/* Bytes from @seq on that cannot be mapped, up to the next page that can or @most. */
static u32 xtcp_zcrecv_hint(struct sock *sk, u32 seq, u32 most)
{
	u32 begin = seq, offset, into;
	struct sk_buff *skb = NULL;
	const skb_frag_t *frag;

	while (seq - begin < most && (skb = xtcp_zcrecv_find(sk, skb, seq, &offset)) &&
	       !xtcp_zcrecv_page(skb, offset)) {
		frag = xtcp_zcrecv_frag(skb, offset, &into);
		if (offset < skb_headlen(skb))
			seq += skb_headlen(skb) - offset;
		else
			seq += frag ? skb_frag_size(frag) - into : skb->len - offset;
	}
	return min(seq - begin, most);
}

/* Map whole pages from the head of the queue at @vma, as many as fit in zc->length. */
static int xtcp_zcrecv_map(struct sock *sk, struct vm_area_struct *vma, struct tcp_zerocopy_receive *zc)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 seq = tp->copied_seq, most, offset, done = 0;
	struct sk_buff *skb = NULL;
	struct page *page;
	int err = 0;

	most = min_t(unsigned long, zc->length, vma->vm_end - (unsigned long)zc->address);
	most = round_down(min_t(u32, most, xtcp_urgent_readable(sk)), PAGE_SIZE);
	if (most && !(zc->flags & TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT))
		xtcp_compat_zap(vma, zc->address, most);
	while (done < most) {
		skb = xtcp_zcrecv_find(sk, skb, seq + done, &offset);
		page = skb ? xtcp_zcrecv_page(skb, offset) : NULL;
		if (!page)
			break;
		err = vm_insert_page(vma, zc->address + done, page);
		if (err)
			break;
		done += PAGE_SIZE;
	}
	zc->length = done;
	WRITE_ONCE(tp->copied_seq, seq + done);
	return done ? 0 : err;
}

/* All that waits is copied to the caller's second buffer: less than it holds. */
static int xtcp_zcrecv_copy(struct sock *sk, struct tcp_zerocopy_receive *zc, int room)
{
	unsigned long address = (unsigned long)zc->copybuf_address;
	struct msghdr msg = {};
	struct iovec iov;
	u32 seq = tcp_sk(sk)->copied_seq, offset;
	int err, n, done = 0, want = min_t(int, room, xtcp_urgent_readable(sk));
	struct sk_buff *skb = NULL;

	if (address != zc->copybuf_address)
		return -EINVAL;
	err = xtcp_compat_import((void __user *)address, want, &iov, &msg.msg_iter);
	if (err)
		return err;
	while (done < want && (skb = xtcp_zcrecv_find(sk, skb, seq + done, &offset))) {
		n = min_t(int, skb->len - offset, want - done);
		if (skb_copy_datagram_msg(skb, offset, &msg, n))
			return done ? : -EFAULT;
		done += n;
		WRITE_ONCE(tcp_sk(sk)->copied_seq, seq + done);
	}
	zc->copybuf_len = done;
	return 0;
}

/* Socket locked. */
static int xtcp_zcrecv_locked(struct sock *sk, struct tcp_zerocopy_receive *zc)
{
	int room = zc->copybuf_len, waiting = xtcp_urgent_readable(sk), err;
	unsigned long address = (unsigned long)zc->address;
	struct vm_area_struct *vma;
	struct sk_buff *skb;
	u32 offset;

	zc->copybuf_len = 0;
	zc->msg_flags = 0;
	if (address != zc->address || !PAGE_ALIGNED(address))
		return -EINVAL;
	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	if (waiting && waiting <= room) {
		zc->length = 0;
		err = xtcp_zcrecv_copy(sk, zc, room);
		/* beyond the mark: for recv() */
		skb = err ? NULL : xtcp_zcrecv_find(sk, NULL, tcp_sk(sk)->copied_seq, &offset);
		if (skb)
			zc->recv_skip_hint = skb->len - offset;
		return err;
	}
	if (waiting < PAGE_SIZE) {
		zc->length = 0;
		zc->recv_skip_hint = waiting;
		return !waiting && sock_flag(sk, SOCK_DONE) ? -EIO : 0;
	}
	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, address);
	err = -EINVAL;
	if (vma && vma->vm_start <= address && vma->vm_ops == &xtcp_zcrecv_vm_ops)
		err = xtcp_zcrecv_map(sk, vma, zc);
	mmap_read_unlock(current->mm);
	if (err)
		return err;
	zc->recv_skip_hint = xtcp_zcrecv_hint(sk, tcp_sk(sk)->copied_seq, xtcp_urgent_readable(sk));
	if (room && zc->recv_skip_hint && zc->recv_skip_hint <= room) {
		err = xtcp_zcrecv_copy(sk, zc, min_t(int, room, zc->recv_skip_hint));
		if (!err)
			zc->recv_skip_hint -= zc->copybuf_len;
	}
	return err;
}

/* What the caller's structure has room for, checked as the kernel's TCP does. */
static int xtcp_zcrecv_read(struct tcp_zerocopy_receive *zc, int *len, char __user *optval, int __user *optlen)
{
	int err;

	if (*len < (int)offsetofend(struct tcp_zerocopy_receive, length))
		return -EINVAL;
	if (*len > (int)sizeof(*zc)) {
		err = check_zeroed_user(optval + sizeof(*zc), *len - sizeof(*zc));
		if (err < 1)
			return err ? : -EINVAL;
		*len = sizeof(*zc);
		if (put_user(*len, optlen))
			return -EFAULT;
	}
	if (copy_from_user(zc, optval, *len))
		return -EFAULT;
	/* the time of arrival as a control message is not offered, which msg_flags of 0 tells */
	return zc->reserved || zc->msg_flags & ~2u ? -EINVAL : 0;
}

/**
 * xtcp_zcrecv_get() - getsockopt(TCP_ZEROCOPY_RECEIVE)
 * @sk: connection, not locked
 * @optval: struct tcp_zerocopy_receive, or the beginning of one
 * @optlen: its length
 *
 * Return: 0, -EINVAL (address, length), -ENOTCONN, -EIO (end of the stream), -EFAULT.
 */
int xtcp_zcrecv_get(struct sock *sk, char __user *optval, int __user *optlen)
{
	struct tcp_zerocopy_receive zc = {};
	int len, err;
	u32 before;

	if (get_user(len, optlen))
		return -EFAULT;
	err = xtcp_zcrecv_read(&zc, &len, optval, optlen);
	if (err)
		return err;
	lock_sock(sk);
	before = tcp_sk(sk)->copied_seq;
	err = xtcp_zcrecv_locked(sk, &zc);
	if (tcp_sk(sk)->copied_seq != before)
		xtcp_recvmsg_consumed(sk, tcp_sk(sk)->copied_seq - before);
	release_sock(sk);
	if (len >= (int)offsetofend(struct tcp_zerocopy_receive, err) && !err)
		zc.err = sock_error(sk);
	if (len >= (int)offsetofend(struct tcp_zerocopy_receive, inq))
		zc.inq = xtcp_readable(sk) ? : sock_flag(sk, SOCK_DONE);
	if (!err && copy_to_user(optval, &zc, len))
		err = -EFAULT;
	return err;
}
