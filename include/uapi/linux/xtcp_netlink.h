/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Made by scripts/netlink from Documentation/netlink/specs/xtcp.yaml. Do not edit. */
#ifndef _UAPI_LINUX_XTCP_NETLINK_H
#define _UAPI_LINUX_XTCP_NETLINK_H

#define XTCP_FAMILY_NAME	"xtcp"
#define XTCP_FAMILY_VERSION	1

/* What an entry is. */
enum xtcp_kind {
	XTCP_KIND_SOCKET,
	XTCP_KIND_LISTENER,
	XTCP_KIND_REQUEST,
	XTCP_KIND_TIMEWAIT,

	__XTCP_KIND_MAX
};

/* What a connection waits for. Up to device for the sender, the last three for the receiver. */
enum xtcp_limit {
	XTCP_LIMIT_APPLICATION,
	XTCP_LIMIT_SEND_BUFFER,
	XTCP_LIMIT_CWND,
	XTCP_LIMIT_PEER_WINDOW,
	XTCP_LIMIT_PACING,
	XTCP_LIMIT_NAGLE,
	XTCP_LIMIT_DELAYED_ACK,
	XTCP_LIMIT_RECOVERY,
	XTCP_LIMIT_DEVICE,
	XTCP_LIMIT_RX_PEER,
	XTCP_LIMIT_RX_READER,
	XTCP_LIMIT_RX_HOLE,

	__XTCP_LIMIT_MAX
};

/* Why a connection ended. */
enum xtcp_reason {
	XTCP_REASON_UNKNOWN,
	XTCP_REASON_CLOSED,
	XTCP_REASON_PEER_CLOSED,
	XTCP_REASON_PEER_RESET,
	XTCP_REASON_REFUSED,
	XTCP_REASON_TIMEOUT,
	XTCP_REASON_USER_TIMEOUT,
	XTCP_REASON_KEEPALIVE,
	XTCP_REASON_PROBE,
	XTCP_REASON_UNREACHABLE,
	XTCP_REASON_UNREAD_DATA,
	XTCP_REASON_LINGER,
	XTCP_REASON_DISCONNECT,
	XTCP_REASON_LATE_DATA,
	XTCP_REASON_NO_MEMORY,
	XTCP_REASON_ORPHANS,
	XTCP_REASON_ADMIN,
	XTCP_REASON_LISTENER_CLOSED,
	XTCP_REASON_CANCELLED,

	__XTCP_REASON_MAX
};

/* Who ended it. */
enum xtcp_party {
	XTCP_PARTY_LOCAL,
	XTCP_PARTY_PEER,
	XTCP_PARTY_NETWORK,
	XTCP_PARTY_HOST,
	XTCP_PARTY_ADMIN,

	__XTCP_PARTY_MAX
};

/* Which connections a policy is for. */
enum xtcp_direction {
	XTCP_DIRECTION_ANY,
	XTCP_DIRECTION_CONNECT,
	XTCP_DIRECTION_ACCEPT,

	__XTCP_DIRECTION_MAX
};

/* Why an alarm was raised by a listener. */
enum xtcp_cause {
	XTCP_CAUSE_SYN_QUEUE,
	XTCP_CAUSE_ACCEPT_QUEUE,

	__XTCP_CAUSE_MAX
};

/* A socket, a listener, a request or a TIME-WAIT. */
enum {
	XTCP_A_CONN_PAD = 1,
	XTCP_A_CONN_FILTER,	/* Which entries are meant. */
	XTCP_A_CONN_KIND,
	XTCP_A_CONN_FAMILY,	/* AF_INET or AF_INET6. */
	XTCP_A_CONN_STATE,	/* TCP_ESTABLISHED and so on. */
	XTCP_A_CONN_LOCAL,	/* Local address of 4 or 16 bytes. */
	XTCP_A_CONN_REMOTE,	/* The peer's address. */
	XTCP_A_CONN_LOCAL_PORT,	/* In host byte order. */
	XTCP_A_CONN_REMOTE_PORT,
	XTCP_A_CONN_COOKIE,	/* Names a socket as SO_COOKIE does. */
	XTCP_A_CONN_IFINDEX,	/* Device it is bound to. */
	XTCP_A_CONN_UID,	/* Owner. */
	XTCP_A_CONN_INODE,
	XTCP_A_CONN_MARK,
	XTCP_A_CONN_CGROUP,	/* Identifier of the cgroup v2. */
	XTCP_A_CONN_CONGESTION,
	XTCP_A_CONN_RX_QUEUE,	/* Bytes not read yet. */
	XTCP_A_CONN_TX_QUEUE,	/* Bytes not acknowledged yet. */
	XTCP_A_CONN_EXPIRES_MS,	/* Time left to a request or a TIME-WAIT. */
	XTCP_A_CONN_RETRANS,	/* Retransmissions of a request's SYN-ACK. */
	XTCP_A_CONN_TCP_INFO,	/* struct tcp_info. */
	XTCP_A_CONN_LIMITS,
	XTCP_A_CONN_LISTEN,
	XTCP_A_CONN_PARAM,
	XTCP_A_CONN_COUNT,	/* How many entries an operation has met. */
	XTCP_A_CONN_POLICY,	/* The policy that was applied. */
	XTCP_A_CONN_CAUSE,
	XTCP_A_CONN_MISSED,	/* Events that the rate limit has swallowed before this one. */
	XTCP_A_CONN_SKMEM,	/* u32 x 9 by SK_MEMINFO_*. */
	XTCP_A_CONN_CLOSED,	/* What is left of a connection that ended. */

	__XTCP_A_CONN_MAX,
	XTCP_A_CONN_MAX = __XTCP_A_CONN_MAX - 1
};

/* All that is given must fit. */
enum {
	XTCP_A_FILTER_PAD = 1,
	XTCP_A_FILTER_KINDS,	/* Bits by kind. */
	XTCP_A_FILTER_STATES,	/* Bits by TCP state. */
	XTCP_A_FILTER_FAMILY,	/* AF_INET or AF_INET6. */
	XTCP_A_FILTER_LOCAL,
	XTCP_A_FILTER_LOCAL_PREFIX,
	XTCP_A_FILTER_REMOTE,
	XTCP_A_FILTER_REMOTE_PREFIX,
	XTCP_A_FILTER_LOCAL_PORT,
	XTCP_A_FILTER_REMOTE_PORT,
	XTCP_A_FILTER_UID,
	XTCP_A_FILTER_CGROUP,
	XTCP_A_FILTER_CONGESTION,
	XTCP_A_FILTER_COOKIE,
	XTCP_A_FILTER_IFINDEX,

	__XTCP_A_FILTER_MAX,
	XTCP_A_FILTER_MAX = __XTCP_A_FILTER_MAX - 1
};

/* Microseconds since the beginning, by what the connection waited for. */
enum {
	XTCP_A_LIMITS_PAD = 1,
	XTCP_A_LIMITS_NOW,	/* What the sender waits for now. */
	XTCP_A_LIMITS_RX_NOW,	/* What the receiver waits for now. */
	XTCP_A_LIMITS_APPLICATION,
	XTCP_A_LIMITS_SEND_BUFFER,
	XTCP_A_LIMITS_CWND,
	XTCP_A_LIMITS_PEER_WINDOW,
	XTCP_A_LIMITS_PACING,
	XTCP_A_LIMITS_NAGLE,
	XTCP_A_LIMITS_DELAYED_ACK,
	XTCP_A_LIMITS_RECOVERY,
	XTCP_A_LIMITS_DEVICE,
	XTCP_A_LIMITS_RX_PEER,
	XTCP_A_LIMITS_RX_READER,
	XTCP_A_LIMITS_RX_HOLE,

	__XTCP_A_LIMITS_MAX,
	XTCP_A_LIMITS_MAX = __XTCP_A_LIMITS_MAX - 1
};

/* The queues of a listener, and what they refused. */
enum {
	XTCP_A_LISTEN_PAD = 1,
	XTCP_A_LISTEN_BACKLOG,
	XTCP_A_LISTEN_ACCEPT_QUEUE,	/* Connections that wait for accept(). */
	XTCP_A_LISTEN_ACCEPT_HIGH,	/* The most there ever were. */
	XTCP_A_LISTEN_SYN_QUEUE,	/* Requests. */
	XTCP_A_LISTEN_SYN_HIGH,
	XTCP_A_LISTEN_ACCEPTED,	/* Connections handed over or queued so far. */
	XTCP_A_LISTEN_COOKIES_SENT,
	XTCP_A_LISTEN_COOKIES_RECEIVED,
	XTCP_A_LISTEN_COOKIES_FAILED,
	XTCP_A_LISTEN_DROP_ACCEPT_QUEUE,	/* SYNs and ACKs turned away: accept queue full. */
	XTCP_A_LISTEN_DROP_SYN_QUEUE,	/* SYNs turned away: SYN queue full, no cookies. */
	XTCP_A_LISTEN_DROP_MEMORY,
	XTCP_A_LISTEN_DROP_TIMEOUT,	/* Requests whose ACK never came. */
	XTCP_A_LISTEN_DROP_RESET,	/* Requests ended by a RST or ICMP. */

	__XTCP_A_LISTEN_MAX,
	XTCP_A_LISTEN_MAX = __XTCP_A_LISTEN_MAX - 1
};

/* What can be set on a socket, and what a policy sets. */
enum {
	XTCP_A_PARAM_PAD = 1,
	XTCP_A_PARAM_CONGESTION,	/* Congestion control. */
	XTCP_A_PARAM_INIT_CWND,	/* Initial window in segments. */
	XTCP_A_PARAM_RTO_MIN_US,
	XTCP_A_PARAM_RTO_MAX_MS,
	XTCP_A_PARAM_DELACK_MAX_MS,
	XTCP_A_PARAM_TIME_WAIT_MS,
	XTCP_A_PARAM_USER_TIMEOUT_MS,
	XTCP_A_PARAM_KEEP_IDLE_S,
	XTCP_A_PARAM_KEEP_INTERVAL_S,
	XTCP_A_PARAM_KEEP_COUNT,
	XTCP_A_PARAM_PACING_RATE,	/* Most bytes a second. */
	XTCP_A_PARAM_NOTSENT_LOWAT,
	XTCP_A_PARAM_QUICKACK,

	__XTCP_A_PARAM_MAX,
	XTCP_A_PARAM_MAX = __XTCP_A_PARAM_MAX - 1
};

enum {
	XTCP_A_POLICY_PAD = 1,
	XTCP_A_POLICY_ID,
	XTCP_A_POLICY_DIRECTION,
	XTCP_A_POLICY_REMOTE,
	XTCP_A_POLICY_REMOTE_PREFIX,
	XTCP_A_POLICY_LOCAL,
	XTCP_A_POLICY_LOCAL_PREFIX,
	XTCP_A_POLICY_REMOTE_PORT,
	XTCP_A_POLICY_LOCAL_PORT,	/* With direction accept: the listener's. */
	XTCP_A_POLICY_UID,
	XTCP_A_POLICY_CGROUP,	/* This cgroup v2 and those below it. */
	XTCP_A_POLICY_PARAM,
	XTCP_A_POLICY_HITS,	/* Connections it was applied to. */
	XTCP_A_POLICY_ENTRY,	/* One of a whole table. */

	__XTCP_A_POLICY_MAX,
	XTCP_A_POLICY_MAX = __XTCP_A_POLICY_MAX - 1
};

/* A connection that ended. */
enum {
	XTCP_A_CLOSED_PAD = 1,
	XTCP_A_CLOSED_SEQ,	/* Counts the records of a namespace. */
	XTCP_A_CLOSED_TIME_US,	/* Since the epoch. */
	XTCP_A_CLOSED_DURATION_US,
	XTCP_A_CLOSED_FAMILY,
	XTCP_A_CLOSED_LOCAL,
	XTCP_A_CLOSED_REMOTE,
	XTCP_A_CLOSED_LOCAL_PORT,
	XTCP_A_CLOSED_REMOTE_PORT,
	XTCP_A_CLOSED_COOKIE,
	XTCP_A_CLOSED_UID,
	XTCP_A_CLOSED_CGROUP,
	XTCP_A_CLOSED_STATE,	/* The state it ended in. */
	XTCP_A_CLOSED_REASON,
	XTCP_A_CLOSED_PARTY,
	XTCP_A_CLOSED_ERROR,	/* The errno its user was told; 0 for none. */
	XTCP_A_CLOSED_BYTES_SENT,
	XTCP_A_CLOSED_BYTES_ACKED,
	XTCP_A_CLOSED_BYTES_RECEIVED,
	XTCP_A_CLOSED_BYTES_RETRANS,
	XTCP_A_CLOSED_SEGS_OUT,
	XTCP_A_CLOSED_SEGS_IN,
	XTCP_A_CLOSED_RETRANS,
	XTCP_A_CLOSED_SRTT_US,
	XTCP_A_CLOSED_MIN_RTT_US,
	XTCP_A_CLOSED_CONGESTION,
	XTCP_A_CLOSED_LIMITS,
	XTCP_A_CLOSED_POLICY,
	XTCP_A_CLOSED_SINCE,	/* Only records after this one. */

	__XTCP_A_CLOSED_MAX,
	XTCP_A_CLOSED_MAX = __XTCP_A_CLOSED_MAX - 1
};

enum {
	XTCP_A_COUNTER_PAD = 1,
	XTCP_A_COUNTER_NAME,
	XTCP_A_COUNTER_VALUE,

	__XTCP_A_COUNTER_MAX,
	XTCP_A_COUNTER_MAX = __XTCP_A_COUNTER_MAX - 1
};

enum {
	XTCP_CMD_CONN_GET = 1,	/* One entry by its cookie or by its four numbers, or all that fit a filter. */
	XTCP_CMD_CONN_SET,	/* Change parameters of a socket. */
	XTCP_CMD_CONN_ABORT,	/* End a socket by its cookie, or everything that fits a filter. */
	XTCP_CMD_TIMEWAIT_FLUSH,	/* End TIME-WAITs that fit a filter, all without one. */
	XTCP_CMD_COUNTER_GET,
	XTCP_CMD_CLOSED_GET,	/* The last connections that ended, oldest first. */
	XTCP_CMD_POLICY_GET,
	XTCP_CMD_POLICY_ADD,	/* Add one. The reply has the number that it got. */
	XTCP_CMD_POLICY_DEL,
	XTCP_CMD_POLICY_REPLACE,	/* Replace the whole table in one step; without an entry, empty it. */
	XTCP_CMD_ESTABLISHED_NTF,	/* A connection was opened. */
	XTCP_CMD_CLOSED_NTF,	/* A connection ended. */
	XTCP_CMD_STALLED_NTF,	/* The peer has not answered for several time-outs. */
	XTCP_CMD_OVERFLOW_NTF,	/* A listener turned a connection away; at most once a second for each. */
	XTCP_CMD_ALARM_NTF,	/* A listener's queue is fuller than net.xtcp.listen_alarm_percent. */
	XTCP_CMD_POLICY_NTF,	/* A policy was applied to a connection. */

	__XTCP_CMD_MAX,
	XTCP_CMD_MAX = __XTCP_CMD_MAX - 1
};

#define XTCP_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_XTCP_NETLINK_H */
