// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink operations on connections: get one, dump all that fit a filter, set parameters, abort, flush TIME_WAIT.
 *
 * A dump may be read at any pace while connections come and go. It walks three tables one after the other, each bucket
 * by bucket, and within a bucket in the order of cookies (or, of requests and TIME_WAITs, of addresses); its place is
 * the last one that was told. So what exists from beginning to end is told once, and the walk ends. Between two reads
 * one entry is held, that did not fit. Process context.
 */
#include <linux/slab.h>

#include "xtcp.h"
#include "ctl/ctl.h"

#define XTCP_CONN_ANSWER_BYTES	4096

/**
 * struct xtcp_conn_filter - which entries are meant; all that is given must fit
 * @kinds: bits by enum xtcp_kind
 * @states: bits by TCP_*
 * @family: or 0
 * @ends: addresses and ports
 * @has_uid: @uid counts
 * @uid: owner
 * @cgroup: or 0
 * @cookie: or 0
 * @ifindex: or 0
 * @congestion: or ""
 */
struct xtcp_conn_filter {
	u32 kinds;
	u32 states;
	u16 family;
	struct xtcp_match_ends ends;
	bool has_uid;
	kuid_t uid;
	u64 cgroup;
	u64 cookie;
	int ifindex;
	char congestion[TCP_CA_NAME_MAX];
};

/**
 * struct xtcp_conn_walk - a place in the tables
 * @net: namespace
 * @kind: which table: enum xtcp_kind
 * @bucket: in it
 * @cookie: of the last socket
 * @key: of the last request or TIME_WAIT
 */
struct xtcp_conn_walk {
	struct net *net;
	int kind;
	u32 bucket;
	u64 cookie;
	struct xtcp_mini_key key;
};

/** struct xtcp_conn_entry - what a walk is at: a socket or a small connection, with a reference */
struct xtcp_conn_entry {
	struct sock *sk;
	struct xtcp_mini *mini;
};

/* ------------------------------------------------------------ filter */

static int xtcp_conn_filter_numbers(struct nlattr **tb, struct user_namespace *user_ns, struct xtcp_conn_filter *f,
				    struct netlink_ext_ack *extack)
{
	if (tb[XTCP_A_FILTER_UID]) {
		f->has_uid = true;
		f->uid = make_kuid(user_ns, nla_get_u32(tb[XTCP_A_FILTER_UID]));
		if (!uid_valid(f->uid)) {
			NL_SET_ERR_MSG_ATTR(extack, tb[XTCP_A_FILTER_UID], "no such user here");
			return -EINVAL;
		}
	}
	if (tb[XTCP_A_FILTER_FAMILY]) {
		f->family = nla_get_u16(tb[XTCP_A_FILTER_FAMILY]);
		if (f->family != AF_INET && f->family != AF_INET6) {
			NL_SET_ERR_MSG_ATTR(extack, tb[XTCP_A_FILTER_FAMILY], "neither AF_INET nor AF_INET6");
			return -EAFNOSUPPORT;
		}
	}
	if (tb[XTCP_A_FILTER_LOCAL_PORT])
		f->ends.local_port = nla_get_u16(tb[XTCP_A_FILTER_LOCAL_PORT]);
	if (tb[XTCP_A_FILTER_REMOTE_PORT])
		f->ends.remote_port = nla_get_u16(tb[XTCP_A_FILTER_REMOTE_PORT]);
	if (tb[XTCP_A_FILTER_CGROUP])
		f->cgroup = nla_get_u64(tb[XTCP_A_FILTER_CGROUP]);
	if (tb[XTCP_A_FILTER_COOKIE])
		f->cookie = nla_get_u64(tb[XTCP_A_FILTER_COOKIE]);
	if (tb[XTCP_A_FILTER_IFINDEX])
		f->ifindex = nla_get_u32(tb[XTCP_A_FILTER_IFINDEX]);
	if (tb[XTCP_A_FILTER_CONGESTION])
		nla_strscpy(f->congestion, tb[XTCP_A_FILTER_CONGESTION], sizeof(f->congestion));
	return 0;
}

/* NULL: no filter, everything. -EINVAL, -EAFNOSUPPORT */
static int xtcp_conn_filter_parse(struct nlattr *nest, struct user_namespace *user_ns, struct xtcp_conn_filter *f,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[XTCP_A_FILTER_MAX + 1] = {};
	int err;

	memset(f, 0, sizeof(*f));
	f->kinds = ~0u;
	f->states = ~0u;
	if (!nest)
		return 0;
	err = nla_parse_nested(tb, XTCP_A_FILTER_MAX, nest, xtcp_filter_policy, extack);
	if (err)
		return err;
	if (tb[XTCP_A_FILTER_KINDS])
		f->kinds = nla_get_u32(tb[XTCP_A_FILTER_KINDS]);
	if (tb[XTCP_A_FILTER_STATES])
		f->states = nla_get_u32(tb[XTCP_A_FILTER_STATES]);
	err = xtcp_fill_prefix(tb[XTCP_A_FILTER_LOCAL], tb[XTCP_A_FILTER_LOCAL_PREFIX], &f->ends.local, extack);
	if (!err)
		err = xtcp_fill_prefix(tb[XTCP_A_FILTER_REMOTE], tb[XTCP_A_FILTER_REMOTE_PREFIX], &f->ends.remote,
				       extack);
	return err ? : xtcp_conn_filter_numbers(tb, user_ns, f, extack);
}

static bool xtcp_conn_fits_tuple(const struct xtcp_conn_filter *f, const struct xtcp_tuple *t)
{
	return xtcp_match_ends_fit(&f->ends, t->laddr.s6_addr, ntohs(t->lport), t->raddr.s6_addr, ntohs(t->rport));
}

static bool xtcp_conn_fits_sock(const struct xtcp_conn_filter *f, struct sock *sk)
{
	int state = inet_sk_state_load(sk);
	struct xtcp_tuple t;

	if (!(f->kinds & BIT(state == TCP_LISTEN ? XTCP_KIND_LISTENER : XTCP_KIND_SOCKET)) || !(f->states & BIT(state)))
		return false;
	if ((f->family && f->family != sk->sk_family) || (f->has_uid && !uid_eq(f->uid, sk->sk_uid)) ||
	    (f->cgroup && f->cgroup != xtcp_ctl_cgroup(sk)) || (f->cookie && f->cookie != xtcp_diag_cookie(sk)) ||
	    (f->ifindex && f->ifindex != READ_ONCE(sk->sk_bound_dev_if)))
		return false;
	if (f->congestion[0] && strcmp(f->congestion, READ_ONCE(inet_csk(sk)->icsk_ca_ops)->name))
		return false;
	xtcp_connect_fill_tuple(sk, &t);
	return xtcp_conn_fits_tuple(f, &t);
}

static bool xtcp_conn_fits_mini(const struct xtcp_conn_filter *f, struct xtcp_mini *m)
{
	bool request = m->kind == XTCP_MINI_REQ;
	const struct xtcp_tw *tw = container_of(m, struct xtcp_tw, m);
	const struct sock *listener;
	int state = TCP_SYN_RECV;

	if (!request)
		state = READ_ONCE(tw->fin_wait2) ? TCP_FIN_WAIT2 : TCP_TIME_WAIT;
	if (!(f->kinds & BIT(request ? XTCP_KIND_REQUEST : XTCP_KIND_TIMEWAIT)) || !(f->states & BIT(state)))
		return false;
	if ((f->family && f->family != (xtcp_tuple_is_v4(&m->tuple) ? AF_INET : AF_INET6)) || f->congestion[0] ||
	    (f->ifindex && f->ifindex != m->ifindex) || !xtcp_conn_fits_tuple(f, &m->tuple))
		return false;
	if (!f->has_uid && !f->cgroup && !f->cookie)
		return true;
	/* a TIME_WAIT belongs to nobody any more; a request to its listener */
	if (!request)
		return false;
	listener = container_of(m, struct xtcp_req, m)->listener;
	return (!f->has_uid || uid_eq(f->uid, listener->sk_uid)) &&
	       (!f->cgroup || f->cgroup == xtcp_ctl_cgroup(listener)) &&
	       (!f->cookie || f->cookie == xtcp_diag_cookie((struct sock *)listener));
}

/* ------------------------------------------------------------ walk */

/* Of one bucket of the kernel's table, our socket with the least cookie above @cookie, with a reference. */
static struct sock *xtcp_conn_least(struct net *net, struct inet_ehash_bucket *head, spinlock_t *lock, u64 *cookie)
{
	const struct hlist_nulls_node *node;
	struct sock *sk, *best = NULL;
	u64 number, least = 0;

	spin_lock_bh(lock);
	sk_nulls_for_each(sk, node, &head->chain) {
		if (!net_eq(sock_net(sk), net) || !xtcp_is_ours(sk))
			continue;
		number = xtcp_diag_cookie(sk);
		if (number <= *cookie || (best && number >= least))
			continue;
		best = sk;
		least = number;
	}
	if (best && !refcount_inc_not_zero(&best->sk_refcnt))
		best = NULL;
	spin_unlock_bh(lock);
	*cookie = least;
	return best;
}

static struct sock *xtcp_conn_next_sock(struct xtcp_conn_walk *w)
{
	struct inet_hashinfo *table = w->net->ipv4.tcp_death_row.hashinfo;
	struct sock *sk;

	for (; w->bucket <= table->ehash_mask; w->bucket++, w->cookie = 0) {
		struct inet_ehash_bucket *head = &table->ehash[w->bucket];

		if (hlist_nulls_empty(&head->chain))
			continue;
		do {
			sk = xtcp_conn_least(w->net, head, inet_ehash_lockp(table, w->bucket), &w->cookie);
			if (sk)
				return sk;
			/* one that is just going away was in the way */
		} while (w->cookie);
		cond_resched();
	}
	return NULL;
}

/* The next entry of any kind, with a reference; false at the end. */
static bool xtcp_conn_next(struct xtcp_conn_walk *w, struct xtcp_conn_entry *e)
{
	memset(e, 0, sizeof(*e));
	if (w->kind == XTCP_KIND_SOCKET) {
		e->sk = xtcp_conn_next_sock(w);
		if (e->sk)
			return true;
		w->kind = XTCP_KIND_LISTENER;
		w->bucket = 0;
		w->cookie = 0;
	}
	if (w->kind == XTCP_KIND_LISTENER) {
		e->sk = xtcp_demux_next_listener(w->net, &w->bucket, &w->cookie);
		if (e->sk)
			return true;
		w->kind = XTCP_KIND_REQUEST;
		w->bucket = 0;
	}
	e->mini = xtcp_demux_next_mini(w->net, &w->bucket, &w->key);
	return e->mini;
}

static void xtcp_conn_put(struct xtcp_conn_entry *e)
{
	if (e->sk)
		sock_put(e->sk);
	if (e->mini)
		xtcp_demux_put_mini(e->mini);
}

static bool xtcp_conn_fits(const struct xtcp_conn_filter *f, struct xtcp_conn_entry *e)
{
	return e->sk ? xtcp_conn_fits_sock(f, e->sk) : xtcp_conn_fits_mini(f, e->mini);
}

/* Begin where the first kind that the filter wants is. */
static void xtcp_conn_walk_init(struct xtcp_conn_walk *w, struct net *net, const struct xtcp_conn_filter *f)
{
	memset(w, 0, sizeof(*w));
	w->net = net;
	if (f->kinds & BIT(XTCP_KIND_SOCKET))
		w->kind = XTCP_KIND_SOCKET;
	else if (f->kinds & BIT(XTCP_KIND_LISTENER))
		w->kind = XTCP_KIND_LISTENER;
	else
		w->kind = XTCP_KIND_REQUEST;
}

static bool xtcp_conn_walk_over(const struct xtcp_conn_walk *w, const struct xtcp_conn_filter *f)
{
	return w->kind == XTCP_KIND_REQUEST && !(f->kinds & (BIT(XTCP_KIND_REQUEST) | BIT(XTCP_KIND_TIMEWAIT)));
}

/* ------------------------------------------------------------ dump */

struct xtcp_conn_dump {
	struct xtcp_reader reader;
	struct xtcp_conn_filter filter;
	struct xtcp_conn_walk walk;
	struct xtcp_conn_entry held;
};

static void xtcp_conn_reader(struct sk_buff *request, struct xtcp_reader *reader)
{
	reader->user_ns = sk_user_ns(NETLINK_CB(request).sk);
	reader->admin = netlink_net_capable(request, CAP_NET_ADMIN);
}

/** xtcp_genl_conn_get_start() - a dump begins; -EINVAL, -EAFNOSUPPORT, -ENOMEM */
int xtcp_genl_conn_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = xtcp_compat_dump_attrs(cb);
	struct xtcp_conn_dump *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err;

	if (!d)
		return -ENOMEM;
	/* whoever reads the answers later: what is told was decided for him who asked */
	xtcp_conn_reader(cb->skb, &d->reader);
	err = xtcp_conn_filter_parse(attrs[XTCP_A_CONN_FILTER], d->reader.user_ns, &d->filter, cb->extack);
	if (err) {
		kfree(d);
		return err;
	}
	xtcp_conn_walk_init(&d->walk, sock_net(cb->skb->sk), &d->filter);
	cb->args[0] = (long)d;
	return 0;
}

static int xtcp_conn_fill(struct sk_buff *skb, u32 portid, u32 seq, int flags, struct xtcp_conn_entry *e,
			  const struct xtcp_reader *reader)
{
	void *hdr = genlmsg_put(skb, portid, seq, &xtcp_genl_family, flags, XTCP_CMD_CONN_GET);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = e->sk ? xtcp_fill_sock(skb, e->sk, reader) : xtcp_fill_mini(skb, e->mini, reader);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/** xtcp_genl_conn_get_dump() - as many as fit into @skb; the one that did not is told first the next time */
int xtcp_genl_conn_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct xtcp_conn_dump *d = (void *)cb->args[0];
	int err = 0;

	while (!signal_pending(current)) {
		if (!d->held.sk && !d->held.mini &&
		    (xtcp_conn_walk_over(&d->walk, &d->filter) || !xtcp_conn_next(&d->walk, &d->held)))
			break;
		if (xtcp_conn_fits(&d->filter, &d->held))
			err = xtcp_conn_fill(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI, &d->held,
					     &d->reader);
		if (err)
			break;
		xtcp_conn_put(&d->held);
		memset(&d->held, 0, sizeof(d->held));
	}
	return err && !skb->len ? err : skb->len;
}

/** xtcp_genl_conn_get_done() - the dump is over, or was given up */
int xtcp_genl_conn_get_done(struct netlink_callback *cb)
{
	struct xtcp_conn_dump *d = (void *)cb->args[0];

	if (!d)
		return 0;
	xtcp_conn_put(&d->held);
	kfree(d);
	return 0;
}

/* ------------------------------------------------------------ one */

/* By a cookie the whole of the tables is searched: administrators have time. */
static int xtcp_conn_find(struct net *net, const struct xtcp_conn_filter *f, struct xtcp_conn_entry *e)
{
	struct xtcp_conn_walk w;

	xtcp_conn_walk_init(&w, net, f);
	while (!xtcp_conn_walk_over(&w, f) && xtcp_conn_next(&w, e)) {
		if (xtcp_conn_fits(f, e))
			return 0;
		xtcp_conn_put(e);
		cond_resched();
	}
	memset(e, 0, sizeof(*e));
	return -ENOENT;
}

static int xtcp_conn_find_cookie(struct net *net, u64 cookie, struct xtcp_conn_entry *e)
{
	struct xtcp_conn_filter f = { .kinds = BIT(XTCP_KIND_SOCKET) | BIT(XTCP_KIND_LISTENER), .states = ~0u,
				      .cookie = cookie };

	return cookie ? xtcp_conn_find(net, &f, e) : -ENOENT;
}

/* By its four numbers; tables know those. */
static int xtcp_conn_find_tuple(struct genl_info *info, struct xtcp_conn_entry *e)
{
	struct net *net = genl_info_net(info);
	struct nlattr **attrs = info->attrs;
	struct xtcp_tuple t;
	int ifindex = 0, err;

	if (GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_LOCAL) || GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_REMOTE) ||
	    GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_LOCAL_PORT) || GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_REMOTE_PORT))
		return -EINVAL;
	err = xtcp_fill_address(attrs[XTCP_A_CONN_LOCAL], &t.laddr, info->extack);
	if (!err)
		err = xtcp_fill_address(attrs[XTCP_A_CONN_REMOTE], &t.raddr, info->extack);
	if (err)
		return err;
	t.lport = htons(nla_get_u16(attrs[XTCP_A_CONN_LOCAL_PORT]));
	t.rport = htons(nla_get_u16(attrs[XTCP_A_CONN_REMOTE_PORT]));
	if (attrs[XTCP_A_CONN_IFINDEX])
		ifindex = nla_get_u32(attrs[XTCP_A_CONN_IFINDEX]);
	rcu_read_lock();
	local_bh_disable();
	e->sk = xtcp_demux_find_conn(net, &t, ifindex, 0);
	if (e->sk && !xtcp_is_ours(e->sk)) {
		sock_gen_put(e->sk);
		e->sk = NULL;
	}
	if (!e->sk)
		e->mini = xtcp_demux_find_mini(net, &t, xtcp_demux_hash(net, &t), ifindex, 0);
	local_bh_enable();
	rcu_read_unlock();
	return e->sk || e->mini ? 0 : -ENOENT;
}

/** xtcp_genl_conn_get_do() - XTCP_CMD_CONN_GET: by cookie, or by the four numbers; -EINVAL, -ENOENT */
int xtcp_genl_conn_get_do(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct xtcp_conn_entry e = {};
	struct xtcp_reader reader;
	struct sk_buff *reply;
	int err;

	if (attrs[XTCP_A_CONN_COOKIE])
		err = xtcp_conn_find_cookie(genl_info_net(info), nla_get_u64(attrs[XTCP_A_CONN_COOKIE]), &e);
	else
		err = xtcp_conn_find_tuple(info, &e);
	if (err)
		return err;
	xtcp_conn_reader(skb, &reader);
	reply = genlmsg_new(XTCP_CONN_ANSWER_BYTES, GFP_KERNEL);
	err = reply ? xtcp_conn_fill(reply, info->snd_portid, info->snd_seq, 0, &e, &reader) : -ENOMEM;
	xtcp_conn_put(&e);
	if (!err)
		return genlmsg_reply(reply, info);
	nlmsg_free(reply);
	return err;
}

/** xtcp_genl_conn_set_do() - XTCP_CMD_CONN_SET: parameters of one socket; -EINVAL, -ENOENT, as TCP_CONGESTION */
int xtcp_genl_conn_set_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_conn_entry e = {};
	struct xtcp_params p;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_COOKIE) || GENL_REQ_ATTR_CHECK(info, XTCP_A_CONN_PARAM))
		return -EINVAL;
	err = xtcp_param_parse(genl_info_net(info), info->attrs[XTCP_A_CONN_PARAM], &p, info->extack);
	if (!err)
		err = xtcp_conn_find_cookie(genl_info_net(info), nla_get_u64(info->attrs[XTCP_A_CONN_COOKIE]), &e);
	if (err)
		return err;
	if (p.set & BIT(XTCP_A_PARAM_CONGESTION))
		err = xtcp_cong_set(e.sk, p.ops->name, true);
	if (!err) {
		lock_sock(e.sk);
		xtcp_param_apply(e.sk, &p, true);
		release_sock(e.sk);
		e.sk->sk_write_space(e.sk);
	}
	xtcp_conn_put(&e);
	return err;
}

/* ------------------------------------------------------------ ending */

static int xtcp_conn_answer_count(struct genl_info *info, u8 cmd, u32 count)
{
	struct sk_buff *reply = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &xtcp_genl_family, 0, cmd);
	if (!hdr || nla_put_u32(reply, XTCP_A_CONN_COUNT, count)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static bool xtcp_conn_end(struct xtcp_conn_entry *e)
{
	if (e->sk)
		return !xtcp_diag_abort(e->sk, ECONNABORTED);
	if (e->mini->kind == XTCP_MINI_REQ)
		xtcp_req_abort(container_of(e->mini, struct xtcp_req, m));
	else
		xtcp_timewait_kill(container_of(e->mini, struct xtcp_tw, m));
	return true;
}

static u32 xtcp_conn_end_all(struct net *net, const struct xtcp_conn_filter *f)
{
	struct xtcp_conn_entry e;
	struct xtcp_conn_walk w;
	u32 count = 0;

	xtcp_conn_walk_init(&w, net, f);
	while (!fatal_signal_pending(current) && !xtcp_conn_walk_over(&w, f) && xtcp_conn_next(&w, &e)) {
		if (xtcp_conn_fits(f, &e) && xtcp_conn_end(&e))
			count++;
		xtcp_conn_put(&e);
		cond_resched();
	}
	return count;
}

/**
 * xtcp_genl_conn_abort_do() - XTCP_CMD_CONN_ABORT: one by its cookie, or all that fit a filter, which must be given
 * @skb: request
 * @info: its attributes
 *
 * Connections are reset, listeners stop, requests and TIME_WAITs are forgotten. Return: 0, -EINVAL, -ENOENT.
 */
int xtcp_genl_conn_abort_do(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct xtcp_conn_entry e = {};
	struct xtcp_conn_filter f;
	int err;

	if (!attrs[XTCP_A_CONN_COOKIE] == !attrs[XTCP_A_CONN_FILTER]) {
		NL_SET_ERR_MSG(info->extack, "needs a cookie or a filter");
		return -EINVAL;
	}
	if (attrs[XTCP_A_CONN_FILTER]) {
		err = xtcp_conn_filter_parse(attrs[XTCP_A_CONN_FILTER], sk_user_ns(NETLINK_CB(skb).sk), &f,
					     info->extack);
		return err ? : xtcp_conn_answer_count(info, XTCP_CMD_CONN_ABORT,
						      xtcp_conn_end_all(genl_info_net(info), &f));
	}
	err = xtcp_conn_find_cookie(genl_info_net(info), nla_get_u64(attrs[XTCP_A_CONN_COOKIE]), &e);
	if (err)
		return err;
	err = xtcp_conn_end(&e) ? 0 : -ENOENT;
	xtcp_conn_put(&e);
	return err ? : xtcp_conn_answer_count(info, XTCP_CMD_CONN_ABORT, 1);
}

/** xtcp_genl_timewait_flush_do() - XTCP_CMD_TIMEWAIT_FLUSH: end TIME_WAITs; -EINVAL */
int xtcp_genl_timewait_flush_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_conn_filter f;
	int err;

	err = xtcp_conn_filter_parse(info->attrs[XTCP_A_CONN_FILTER], sk_user_ns(NETLINK_CB(skb).sk), &f, info->extack);
	if (err)
		return err;
	f.kinds = BIT(XTCP_KIND_TIMEWAIT);
	return xtcp_conn_answer_count(info, XTCP_CMD_TIMEWAIT_FLUSH, xtcp_conn_end_all(genl_info_net(info), &f));
}
