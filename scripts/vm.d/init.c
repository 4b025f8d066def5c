// SPDX-License-Identifier: GPL-2.0
/*
 * Process 1 of every guest's initramfs: mounts the host's root read-only, lays an overlay over it, mounts what a root
 * needs and hands over to vm.d/guest there. A program and not a script, because forty processes cost a second in
 * User-Mode Linux. Its settings are words of the kernel's command line, which the kernel puts into the environment:
 *
 *   xtcp_bed       uml or qemu: how the host's files are reached
 *   xtcp_build     the project's build folder, the only place that is the host's own and writable
 *   xtcp_run       the folder of this run, below it
 *   xtcp_guest     the script that becomes process 1 of the new root
 *   xtcp_modules   the host's folder of this kernel's modules, RELEASE/ below it
 *   xtcp_keep_tmp  not empty: /tmp stays the host's, under the overlay
 *   xtcp_probe     not empty: say that the machine is alive, and end
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEW "/new"

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* On the console: scripts/vm keeps it. */
static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	va_list args;

	fputs("xtcp-vm: ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void __attribute__((noreturn)) end(void)
{
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) give_up(const char *what, const char *which)
{
	say("cannot %s %s: %s", what, which, strerror(errno));
	end();
}

/* As mkdir -p. */
static void make_dir(const char *path)
{
	char part[4096];
	size_t i;

	if (strlen(path) >= sizeof(part))
		give_up("make", path);
	for (i = 1; path[i - 1]; i++) {
		memcpy(part, path, i);
		part[i] = '\0';
		if ((path[i] == '/' || !path[i]) && mkdir(part, 0755) && errno != EEXIST && errno != EROFS)
			give_up("make", part);
	}
}

static void must_mount(const char *type, const char *source, const char *target, unsigned long flags, const char *data)
{
	make_dir(target);
	if (mount(source, target, type, flags, data))
		give_up("mount", target);
}

/* Not every kernel has every one of these. */
static void may_mount(const char *type, const char *target, const char *data)
{
	if (mount(type, target, type, 0, data) && errno != ENODEV && errno != ENOENT)
		give_up("mount", target);
}

/* The modules that the initramfs brings, in the order of the file /modules. */
static void load_modules(void)
{
	char path[256], name[200];
	FILE *list = fopen("/modules", "re");
	int fd;

	if (!list)
		return;
	while (fscanf(list, "%199s", name) == 1) {
		snprintf(path, sizeof(path), "/lib/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
			give_up("load", path);
		close(fd);
	}
	fclose(list);
}

static void mount_root(const char *target)
{
	if (!strcmp(setting("xtcp_bed"), "uml"))
		must_mount("hostfs", "none", target, MS_RDONLY, "/");
	else
		must_mount("9p", "root", target, MS_RDONLY,
			   "trans=virtio,version=9p2000.L,msize=512000,cache=loose");
}

/* Written through, because the host reads the guest's output while it runs. */
static void mount_build(const char *target)
{
	if (!strcmp(setting("xtcp_bed"), "uml"))
		must_mount("hostfs", "none", target, 0, setting("xtcp_build"));
	else
		must_mount("9p", "build", target, 0, "trans=virtio,version=9p2000.L,msize=512000,cache=mmap");
}

/* What modprobe finds: the modules of the kernel that runs, wherever the host keeps them. */
static void bind_modules(void)
{
	char from[4096], to[512];
	struct utsname name;

	uname(&name);
	snprintf(from, sizeof(from), "/host%s/%s", setting("xtcp_modules"), name.release);
	snprintf(to, sizeof(to), NEW "/lib/modules/%s", name.release);
	if (!access(from, F_OK))
		must_mount(NULL, from, to, MS_BIND, NULL);
}

static void make_dev(void)
{
	static const char * const links[][2] = {
		{ "/proc/self/fd", NEW "/dev/fd" },
		{ "fd/0", NEW "/dev/stdin" },
		{ "fd/1", NEW "/dev/stdout" },
		{ "fd/2", NEW "/dev/stderr" },
	};
	size_t i;

	must_mount("devtmpfs", "dev", NEW "/dev", 0, "mode=755");
	must_mount("devpts", "devpts", NEW "/dev/pts", 0, "mode=620,ptmxmode=666");
	must_mount("tmpfs", "shm", NEW "/dev/shm", 0, "mode=1777");
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (symlink(links[i][0], links[i][1]) && errno != EEXIST)
			give_up("make", links[i][1]);
	}
	/* Opening it loads tun; udev, which makes such nodes elsewhere, does not run here. */
	make_dir(NEW "/dev/net");
	if (mknod(NEW "/dev/net/tun", S_IFCHR | 0666, makedev(10, 200)) && errno != EEXIST)
		give_up("make", NEW "/dev/net/tun");
}

static void make_root(void)
{
	char build[4096];

	mount_root("/host");
	must_mount("tmpfs", "rw", "/rw", 0, "size=75%,mode=755");
	make_dir("/rw/upper");
	make_dir("/rw/work");
	must_mount("overlay", "overlay", NEW, 0, "lowerdir=/host,upperdir=/rw/upper,workdir=/rw/work");
	snprintf(build, sizeof(build), NEW "%s", setting("xtcp_build"));
	mount_build(build);
	bind_modules();
	make_dev();
	must_mount("tmpfs", "run", NEW "/run", 0, "mode=755");
	make_dir(NEW "/run/lock");
	make_dir(NEW "/run/netns");
	if (!*setting("xtcp_keep_tmp"))
		must_mount("tmpfs", "tmp", NEW "/tmp", 0, "mode=1777");
	must_mount("proc", "proc", NEW "/proc", 0, NULL);
	must_mount("sysfs", "sysfs", NEW "/sys", 0, NULL);
	may_mount("debugfs", NEW "/sys/kernel/debug", NULL);
	may_mount("tracefs", NEW "/sys/kernel/tracing", NULL);
	may_mount("bpf", NEW "/sys/fs/bpf", NULL);
	may_mount("cgroup2", NEW "/sys/fs/cgroup", NULL);
}

static void enter_root(void)
{
	if (chdir(NEW) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		give_up("enter", NEW);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		give_up("set up", "lo");
	close(fd);
}

/*
 * The first fork makes User-Mode Linux 6.1 walk a process's memory map without the lock that its own checks want: two RCU
 * warnings, each printed once. Here they precede the mark from which the log counts.
 */
static void first_fork(void)
{
	pid_t child = fork();

	if (child < 0)
		give_up("fork", "once");
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
}

int main(void)
{
	const char *hostname = setting("xtcp_hostname");

	first_fork();
	load_modules();
	if (*setting("xtcp_probe")) {
		say("probe: alive");
		end();
	}
	make_root();
	enter_root();
	loopback_up();
	if (sethostname(hostname, strlen(hostname)))
		give_up("name", hostname);
	execl("/bin/sh", "sh", setting("xtcp_guest"), setting("xtcp_run"), NULL);
	give_up("run", "/bin/sh");
}
