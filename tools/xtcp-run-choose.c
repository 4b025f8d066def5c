// SPDX-License-Identifier: GPL-2.0
/*
 * Which way reaches a program? The library serves what calls socket() through the C library. What is linked statically,
 * written in Go, or set-user-ID does not load it, or does not ask it: for those the kernel has to be asked (seccomp).
 */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xtcp-run.h"

#define INTERPRETERS_MAX	4	/* as many #! lines as the kernel follows */

/* What execvp(3) would run. */
static bool find_program(const char *name, char path[PATH_MAX])
{
	const char *list = getenv("PATH"), *end;
	int len;

	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX;
	for (list = list ?: "/bin:/usr/bin"; ; list = end + 1) {
		end = strchrnul(list, ':');
		len = snprintf(path, PATH_MAX, "%.*s%s%s", (int)(end - list), list, end == list ? "" : "/", name);
		if (len < PATH_MAX && !access(path, X_OK))
			return true;
		if (!*end)
			return false;
	}
}

/* The segments of a program, within what was mapped of it. */
static const Elf64_Phdr *segments(const char *map, size_t size, int *count)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)map;

	if (size < sizeof(*head) || memcmp(map, ELFMAG, SELFMAG) || map[EI_CLASS] != ELFCLASS64 ||
	    head->e_phentsize != sizeof(Elf64_Phdr) || head->e_phoff > size ||
	    head->e_phnum > (size - head->e_phoff) / sizeof(Elf64_Phdr))
		return NULL;
	*count = head->e_phnum;
	return (const Elf64_Phdr *)(map + head->e_phoff);
}

/* Parts of a note begin at multiples of four. */
static size_t note_align(size_t length)
{
	return (length + 3) & ~(size_t)3;
}

/* The linker of Go leaves a note of its own; the system's linker puts it behind others in one segment. */
static bool has_go_note(const char *map, size_t size, const Elf64_Phdr *p)
{
	size_t at = p->p_offset, end;

	if (p->p_type != PT_NOTE || at > size)
		return false;
	end = at + (p->p_filesz < size - at ? p->p_filesz : size - at);
	while (end - at >= sizeof(Elf64_Nhdr) + 4) {
		Elf64_Nhdr note;
		size_t length;

		memcpy(&note, map + at, sizeof(note));
		if (note.n_namesz == 4 && !memcmp(map + at + sizeof(note), "Go\0", 4))
			return true;
		length = sizeof(note) + note_align(note.n_namesz) + note_align(note.n_descsz);
		if (length > end - at)
			break;
		at += length;
	}
	return false;
}

static enum how choose_elf(const char *map, size_t size, const char **why)
{
	bool interpreter = false, go = false;
	const Elf64_Phdr *p;
	int count;

	p = segments(map, size, &count);
	if (!p) {
		*why = "neither a 64-bit program nor a script";
		return HOW_PRELOAD;
	}
	for (int i = 0; i < count; i++) {
		interpreter |= p[i].p_type == PT_INTERP;
		go |= has_go_note(map, size, &p[i]);
	}
	if (go) {
		*why = "written in Go";
		return HOW_SECCOMP;
	}
	*why = interpreter ? "dynamically linked" : "statically linked";
	return interpreter ? HOW_PRELOAD : HOW_SECCOMP;
}

/* "#! /path/of/interpreter argument" */
static bool read_interpreter(const char *map, size_t size, char path[PATH_MAX])
{
	size_t begin = 2, end;

	if (size < 3 || map[0] != '#' || map[1] != '!')
		return false;
	while (begin < size && (map[begin] == ' ' || map[begin] == '\t'))
		begin++;
	for (end = begin; end < size && !strchr(" \t\n", map[end]); end++)
		;
	if (end == begin || end - begin >= PATH_MAX)
		return false;
	memcpy(path, map + begin, end - begin);
	path[end - begin] = '\0';
	return true;
}

/* Looks at one file. True: *path is the interpreter to look at next. */
static bool look(char path[PATH_MAX], enum how *how, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	bool script = false;
	char *map;

	*how = HOW_PRELOAD;
	*why = "cannot be read";
	if (fd < 0)
		return false;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return false;
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return false;
	script = read_interpreter(map, st.st_size, path);
	if (!script) {
		*how = choose_elf(map, st.st_size, why);
		/* to filter it without taking its privilege away needs privilege */
		if (*how == HOW_PRELOAD && st.st_mode & S_ISUID && !geteuid()) {
			*how = HOW_SECCOMP;
			*why = "set-user-ID";
		}
	}
	munmap(map, st.st_size);
	return script;
}

enum how choose_how(const char *program, const char **why)
{
	char path[PATH_MAX];
	enum how how;

	*why = "not found";
	if (!find_program(program, path))
		return HOW_PRELOAD;
	for (int i = 0; i <= INTERPRETERS_MAX; i++) {
		if (!look(path, &how, why))
			break;
	}
	return how;
}
