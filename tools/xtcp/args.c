// SPDX-License-Identifier: GPL-2.0
/* Reading the command line: filters, parameters, numbers with units; writing names instead of numbers. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "xtcp.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* --- names */

static const char *const states[] = { "?", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
				      "CLOSE", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV" };
static const char *const limits[] = { "application", "send-buffer", "cwnd", "peer-window", "pacing", "nagle",
				      "delayed-ack", "recovery", "device", "rx-peer", "rx-reader", "rx-hole" };
static const char *const reasons[] = { "unknown", "closed", "peer-closed", "peer-reset", "refused", "timeout",
				       "user-timeout", "keepalive", "probe", "unreachable", "unread-data", "linger",
				       "disconnect", "late-data", "no-memory", "orphans", "admin", "listener-closed",
				       "cancelled" };
static const char *const parties[] = { "local", "peer", "network", "host", "admin" };

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
_Static_assert(COUNT(limits) == __XTCP_LIMIT_MAX && COUNT(reasons) == __XTCP_REASON_MAX &&
	       COUNT(parties) == __XTCP_PARTY_MAX, "a name for each number");

const char *state_name(int state)
{
	return states[state > 0 && (size_t)state < COUNT(states) ? state : 0];
}

const char *limit_name(unsigned int limit)
{
	return limit < COUNT(limits) ? limits[limit] : "?";
}

const char *reason_name(unsigned int reason)
{
	return reason < COUNT(reasons) ? reasons[reason] : "?";
}

const char *party_name(unsigned int party)
{
	return party < COUNT(parties) ? parties[party] : "?";
}

/* The bits of a state's name, or of a group of states; 0: no such name. */
int state_number(const char *name)
{
	size_t i;

	if (!strcasecmp(name, "all"))
		return 0x1fff;
	if (!strcasecmp(name, "connected"))
		return 0x1fff & ~(1 << 7 | 1 << 10);
	if (!strcasecmp(name, "established"))
		return 1 << 1;
	for (i = 1; i < COUNT(states); i++)
		if (!strcasecmp(name, states[i]))
			return i == 3 ? 1 << 3 | 1 << 12 : 1 << i;
	return 0;
}

/* "192.0.2.1:http", "[2001:db8::1]:80"; v4-mapped addresses as they are */
const char *endpoint(char *text, size_t size, const struct nlattr *addr, const struct nlattr *port)
{
	char host[INET6_ADDRSTRLEN] = "*", service[32];
	unsigned int number = nl_num(port);
	const struct servent *name = NULL;
	bool v6 = addr && mnl_attr_get_payload_len(addr) == 16;

	if (addr)
		inet_ntop(v6 ? AF_INET6 : AF_INET, mnl_attr_get_payload(addr), host, sizeof(host));
	if (!options.numeric && !options.json && number)
		name = getservbyport(htons(number), "tcp");
	if (name)
		snprintf(service, sizeof(service), "%s", name->s_name);
	else if (number)
		snprintf(service, sizeof(service), "%u", number);
	else
		strcpy(service, "*");
	snprintf(text, size, v6 ? "[%s]:%s" : "%s:%s", host, service);
	return text;
}

const char *user_name(char *text, size_t size, uint32_t uid)
{
	const struct passwd *user = options.numeric || options.json ? NULL : getpwuid(uid);

	if (user)
		snprintf(text, size, "%s", user->pw_name);
	else
		snprintf(text, size, "%u", uid);
	return text;
}

/* --- words and numbers */

void usage_error(const char *format, ...)
{
	va_list ap;

	fputs("xtcp: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs("\n", stderr);
	exit(EXIT_USAGE);
}

/* is_word() - is TEXT an abbreviation of WORD of at least LEAST letters? */
bool is_word(const char *text, const char *word, size_t least)
{
	size_t n = strlen(text);

	return n >= least && n <= strlen(word) && !strncmp(text, word, n);
}

const char *next_arg(struct args *a, const char *after)
{
	if (!a->left)
		usage_error("\"%s\" needs a value", after);
	a->left--;
	return *a->argv++;
}

uint64_t read_num(const char *what, const char *text, uint64_t low, uint64_t high)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value < low || value > high)
		usage_error("%s: \"%s\" is not a number from %llu to %llu", what, text, (unsigned long long)low,
			    (unsigned long long)high);
	return value;
}

/* A number and a unit of TABLE, which ends with NULL; without unit the first one's. */
static uint64_t read_unit(const char *what, const char *text, const char *const *units, const uint64_t *factors)
{
	char *end;
	double value = strtod(text, &end);

	/* neither is what strtod() calls nan */
	if (end == text || !(value >= 0))
		usage_error("%s: \"%s\" is not a number", what, text);
	while (*end && *units && strcasecmp(end, *units)) {
		units++;
		factors++;
	}
	if (!*units)
		usage_error("%s: no unit \"%s\"", what, end);
	if (value * *factors > 1.8e19)
		usage_error("%s: \"%s\" is too much", what, text);
	return value * *factors;
}

/* Time: ms unless it says us or s. */
uint64_t read_us(const char *what, const char *text)
{
	static const char *const units[] = { "ms", "us", "s", "min", NULL };
	static const uint64_t factors[] = { 1000, 1, 1000000, 60000000 };

	return read_unit(what, text, units, factors);
}

static uint64_t read_rate(const char *what, const char *text)
{
	static const char *const units[] = { "bps", "kbps", "mbps", "gbps", "bit", "kbit", "mbit", "gbit", NULL };
	static const uint64_t eighths[] = { 8, 8000, 8000000, 8000000000, 1, 1000, 1000000, 1000000000 };

	return read_unit(what, text, units, eighths) / 8;
}

static uint64_t read_bytes(const char *what, const char *text)
{
	static const char *const units[] = { "b", "k", "kb", "m", "mb", NULL };
	static const uint64_t factors[] = { 1, 1024, 1024, 1048576, 1048576 };

	return read_unit(what, text, units, factors);
}

uint16_t read_port(const char *text)
{
	const struct servent *service = getservbyname(text, "tcp");

	return service ? ntohs(service->s_port) : read_num("port", text, 1, 65535);
}

uint32_t read_uid(const char *text)
{
	const struct passwd *user = getpwnam(text);

	return user ? user->pw_uid : read_num("uid", text, 0, UINT32_MAX);
}

/* A cgroup v2 by its path, from its mount or from the root; or its number, which is the inode's. */
uint64_t read_cgroup(const char *text)
{
	char path[512];
	struct stat st;

	if (*text >= '0' && *text <= '9')
		return read_num("cgroup", text, 1, UINT64_MAX);
	snprintf(path, sizeof(path), "%s%s%s", strncmp(text, CGROUP_ROOT, strlen(CGROUP_ROOT)) ? CGROUP_ROOT : "",
		 *text == '/' ? "" : "/", text);
	if (stat(path, &st) && stat(text, &st))
		usage_error("cgroup: %s: %s", text, strerror(errno));
	return st.st_ino;
}

/* ADDRESS[/BITS] into two attributes. */
void put_prefix(struct nlmsghdr *nlh, int addr, int len, const char *text)
{
	char host[INET6_ADDRSTRLEN + 4], *slash;
	unsigned char bytes[16];
	int v4;

	snprintf(host, sizeof(host), "%s", text);
	slash = strchr(host, '/');
	if (slash)
		*slash++ = '\0';
	v4 = inet_pton(AF_INET, host, bytes);
	if (v4 != 1 && inet_pton(AF_INET6, host, bytes) != 1)
		usage_error("\"%s\" is no address", host);
	mnl_attr_put(nlh, addr, v4 == 1 ? 4 : 16, bytes);
	if (slash)
		mnl_attr_put_u8(nlh, len, read_num("prefix", slash, 0, v4 == 1 ? 32 : 128));
}

/* --- filters */

static uint32_t read_device(const char *name)
{
	unsigned int index = if_nametoindex(name);

	if (!index)
		usage_error("no device \"%s\"", name);
	return index;
}

static bool put_filter_word(struct nlmsghdr *nlh, const char *word, struct args *a, uint32_t *state)
{
	if (is_word(word, "state", 2)) {
		const char *name = next_arg(a, word);
		int bits = state_number(name);

		if (!bits)
			usage_error("no state \"%s\"", name);
		*state |= bits;
	} else if (is_word(word, "src", 3)) {
		put_prefix(nlh, XTCP_A_FILTER_LOCAL, XTCP_A_FILTER_LOCAL_PREFIX, next_arg(a, word));
	} else if (is_word(word, "dst", 1)) {
		put_prefix(nlh, XTCP_A_FILTER_REMOTE, XTCP_A_FILTER_REMOTE_PREFIX, next_arg(a, word));
	} else if (is_word(word, "sport", 2)) {
		mnl_attr_put_u16(nlh, XTCP_A_FILTER_LOCAL_PORT, read_port(next_arg(a, word)));
	} else if (is_word(word, "dport", 2)) {
		mnl_attr_put_u16(nlh, XTCP_A_FILTER_REMOTE_PORT, read_port(next_arg(a, word)));
	} else if (is_word(word, "uid", 1)) {
		mnl_attr_put_u32(nlh, XTCP_A_FILTER_UID, read_uid(next_arg(a, word)));
	} else if (is_word(word, "cgroup", 2)) {
		mnl_attr_put_u64(nlh, XTCP_A_FILTER_CGROUP, read_cgroup(next_arg(a, word)));
	} else if (is_word(word, "cc", 2)) {
		mnl_attr_put_strz(nlh, XTCP_A_FILTER_CONGESTION, next_arg(a, word));
	} else if (is_word(word, "cookie", 2)) {
		mnl_attr_put_u64(nlh, XTCP_A_FILTER_COOKIE, read_num(word, next_arg(a, word), 1, UINT64_MAX));
	} else if (is_word(word, "dev", 3)) {
		mnl_attr_put_u32(nlh, XTCP_A_FILTER_IFINDEX, read_device(next_arg(a, word)));
	} else {
		return false;
	}
	return true;
}

/* put_filter() - what is left of the command line as a filter; true if it says anything */
bool put_filter(struct nlmsghdr *nlh, struct args *a, uint32_t kinds)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
	bool any = a->left;
	uint32_t state = 0;

	if (kinds)
		mnl_attr_put_u32(nlh, XTCP_A_FILTER_KINDS, kinds);
	if (options.family)
		mnl_attr_put_u16(nlh, XTCP_A_FILTER_FAMILY, options.family);
	while (a->left) {
		const char *word = next_arg(a, "");

		if (is_word(word, "all", 3) && !a->left)
			break;
		if (!put_filter_word(nlh, word, a, &state))
			usage_error("\"%s\" is none of state, src, dst, sport, dport, uid, cgroup, cc, cookie, dev",
				    word);
	}
	if (state)
		mnl_attr_put_u32(nlh, XTCP_A_FILTER_STATES, state);
	mnl_attr_nest_end(nlh, nest);
	return any;
}

/* --- parameters */

static bool put_param(struct nlmsghdr *nlh, const char *word, struct args *a)
{
	static const struct {
		const char *name;
		int attr;
		uint32_t low, high;
	} numbers[] = {
		{ "initcwnd", XTCP_A_PARAM_INIT_CWND, 1, 1000 },
		{ "keepidle", XTCP_A_PARAM_KEEP_IDLE_S, 1, 32767 },
		{ "keepintvl", XTCP_A_PARAM_KEEP_INTERVAL_S, 1, 32767 },
		{ "keepcnt", XTCP_A_PARAM_KEEP_COUNT, 1, 127 },
	};
	static const struct {
		const char *name;
		int attr;
		unsigned int unit_us;
	} times[] = {
		{ "rto_min", XTCP_A_PARAM_RTO_MIN_US, 1 },
		{ "rto_max", XTCP_A_PARAM_RTO_MAX_MS, 1000 },
		{ "delack_max", XTCP_A_PARAM_DELACK_MAX_MS, 1000 },
		{ "time_wait", XTCP_A_PARAM_TIME_WAIT_MS, 1000 },
		{ "user_timeout", XTCP_A_PARAM_USER_TIMEOUT_MS, 1000 },
	};
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (!strcmp(word, numbers[i].name)) {
			mnl_attr_put_u32(nlh, numbers[i].attr,
					 read_num(word, next_arg(a, word), numbers[i].low, numbers[i].high));
			return true;
		}
	for (i = 0; i < COUNT(times); i++)
		if (!strcmp(word, times[i].name)) {
			mnl_attr_put_u32(nlh, times[i].attr, read_us(word, next_arg(a, word)) / times[i].unit_us);
			return true;
		}
	if (!strcmp(word, "cc")) {
		mnl_attr_put_strz(nlh, XTCP_A_PARAM_CONGESTION, next_arg(a, word));
	} else if (!strcmp(word, "pacing")) {
		mnl_attr_put_u64(nlh, XTCP_A_PARAM_PACING_RATE, read_rate(word, next_arg(a, word)));
	} else if (!strcmp(word, "notsent_lowat")) {
		mnl_attr_put_u32(nlh, XTCP_A_PARAM_NOTSENT_LOWAT, read_bytes(word, next_arg(a, word)));
	} else if (!strcmp(word, "quickack")) {
		const char *value = next_arg(a, word);

		if (strcmp(value, "on") && strcmp(value, "off"))
			usage_error("quickack: on or off, not \"%s\"", value);
		mnl_attr_put_u8(nlh, XTCP_A_PARAM_QUICKACK, value[1] == 'n');
	} else {
		return false;
	}
	return true;
}

/* put_params() - as many parameters as follow, as nest ATTR; how many */
int put_params(struct nlmsghdr *nlh, int attr, struct args *a)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);
	int count = 0;

	while (a->left) {
		const char *word = next_arg(a, "");

		if (!put_param(nlh, word, a))
			usage_error("no parameter \"%s\"", word);
		count++;
	}
	mnl_attr_nest_end(nlh, nest);
	return count;
}
