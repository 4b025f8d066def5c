// SPDX-License-Identifier: GPL-2.0
/*
 * Process 1, and the only one but its child, of an arm64 machine: loads the module that the initramfs brings, lets a
 * client and a server of XTCP and the kernel's TCP echo a stream over IPv4 and IPv6, unloads it, and switches off. TAP
 * on the console. For arm64.sh, which says how it comes there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/xtcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* How much is echoed, more than all buffers on the way hold. */
#define STREAM	(8u << 20)
#define PATIENCE_MS	60000

static int number, failed;

/* One result, with the reason when it is bad. */
static bool is(bool good, const char *format, ...)
{
	va_list args;
	int err = errno;

	va_start(args, format);
	printf("%sok %d ", good ? "" : "not ", ++number);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	if (!good) {
		failed++;
		printf("# %s\n", strerror(err));
	}
	fflush(stdout);
	return good;
}

static int open_socket(bool xtcp, bool v6)
{
	if (xtcp)
		return socket(AF_XTCP, SOCK_STREAM, v6 ? XTCPPROTO_IPV6 : XTCPPROTO_IPV4);
	return socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
}

static socklen_t loopback(struct sockaddr_storage *address, bool v6, in_port_t port)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *sin = (struct sockaddr_in *)address;

	memset(address, 0, sizeof(*address));
	if (v6) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_addr = in6addr_loopback;
		sin6->sin6_port = htons(port);
		return sizeof(*sin6);
	}
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin->sin_port = htons(port);
	return sizeof(*sin);
}

/* The byte of the stream at @offset: no period that a lost or doubled buffer would keep. */
static uint8_t stream_byte(uint32_t offset)
{
	return (offset * 2654435761u) >> 24;
}

/* The server: what comes goes back, then the end. Exits with 0 unless something failed. */
static void __attribute__((noreturn)) serve(int listener)
{
	static char buf[65536];
	ssize_t n, done, m;
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		_exit(1);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (done = 0; done < n; done += m) {
			m = write(fd, buf + done, n - done);
			if (m <= 0)
				_exit(2);
		}
	}
	_exit(n ? 3 : 0);
}

/* The client: writes and reads as far as each goes, and compares. */
static bool echo(int fd)
{
	static uint8_t out[65536], in[65536];
	uint32_t sent = 0, got = 0;
	ssize_t n, i;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN | (sent < STREAM ? POLLOUT : 0) };

		if (poll(&p, 1, PATIENCE_MS) != 1) {
			printf("# silence after %u bytes out and %u in\n", sent, got);
			errno = ETIMEDOUT;
			return false;
		}
		if (sent < STREAM && (p.revents & POLLOUT)) {
			uint32_t len = STREAM - sent < sizeof(out) ? STREAM - sent : sizeof(out);

			for (i = 0; i < (ssize_t)len; i++)
				out[i] = stream_byte(sent + i);
			n = write(fd, out, len);
			if (n < 0 && errno != EAGAIN)
				return false;
			sent += n > 0 ? n : 0;
			if (sent == STREAM && shutdown(fd, SHUT_WR))
				return false;
		}
		if (!(p.revents & ~POLLOUT))
			continue;
		n = read(fd, in, sizeof(in));
		if (n < 0 && errno != EAGAIN)
			return false;
		if (!n)
			break;
		for (i = 0; i < n; i++, got++) {
			if (in[i] != stream_byte(got)) {
				printf("# byte %u is wrong\n", got);
				errno = EILSEQ;
				return false;
			}
		}
	}
	if (got != STREAM)
		printf("# the end after %u bytes\n", got);
	errno = EPIPE;
	return got == STREAM;
}

/* One connection between two stacks. */
static void exchange(bool xtcp_client, bool xtcp_server, bool v6)
{
	int listener = open_socket(xtcp_server, v6), client = open_socket(xtcp_client, v6), status = -1;
	static in_port_t port = 5000;
	struct sockaddr_storage address;
	socklen_t len = loopback(&address, v6, ++port);
	const int brief = 100;
	bool good = false;
	pid_t child;

	if (xtcp_client)
		setsockopt(client, IPPROTO_TCP, TCP_XTCP_TIME_WAIT_MS, &brief, sizeof(brief));
	if (listener < 0 || client < 0 || bind(listener, (struct sockaddr *)&address, len) || listen(listener, 1))
		goto out;
	child = fork();
	if (!child) {
		close(client);
		serve(listener);
	}
	good = !connect(client, (struct sockaddr *)&address, len) && echo(client);
	if (!good)
		kill(child, SIGKILL);
	waitpid(child, &status, 0);
	if (good && status) {
		printf("# the server ended with %#x\n", status);
		good = false;
	}
out:
	is(good, "%u MiB there and back: client %s, server %s, %s", STREAM >> 20, xtcp_client ? "XTCP" : "TCP",
	   xtcp_server ? "XTCP" : "TCP", v6 ? "IPv6" : "IPv4");
	close(client);
	close(listener);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	is(fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request), "loopback is up");
	close(fd);
}

static bool load(void)
{
	int fd = open("/xtcp.ko", O_RDONLY | O_CLOEXEC);
	bool good = is(fd >= 0 && !syscall(SYS_finit_module, fd, "", 0), "the module loads");

	close(fd);
	return good;
}

/* What has just been closed may keep it a moment. */
static void unload(void)
{
	int i;

	for (i = 0; i < 1200; i++) {
		if (!syscall(SYS_delete_module, "xtcp", O_NONBLOCK))
			break;
		usleep(100000);
	}
	is(access("/sys/module/xtcp", F_OK), "the module unloads");
}

int main(void)
{
	struct utsname name;
	unsigned int i;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		printf("# mount: %s\n", strerror(errno));
	uname(&name);
	printf("\nxtcp-vm: begin\nTAP version 13\n# Linux %s on %s\n", name.release, name.machine);
	loopback_up();
	if (load()) {
		for (i = 1; i < 8; i++) {
			/* Not the kernel's TCP with itself. */
			if (i & 3)
				exchange(i & 1, i & 2, i & 4);
		}
		unload();
	}
	printf("1..%d\nxtcp-vm: end %d\n", number, failed);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
