/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xtcp doctor: what its files share. doctor.c has the command, its output and how it reads files; doctor_build.c what
 * building the module takes, doctor_load.c what loading it does.
 */
#ifndef XTCP_DOCTOR_H
#define XTCP_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum verdict { FINE, NOTE, WARNING, FAULT };

/* A machine, and what is known of it by now. */
struct patient {
	const char *root;	/* before every path; "": this machine */
	const char *release;	/* of the kernel in question */
	const char *machine;	/* its architecture */
	const char *headers;	/* folder with the headers, with root; NULL: none */
	const char *config;	/* text of the kernel's configuration, '\n' before the first line; NULL: not found */
	char *module;		/* the installed module, with root; NULL: none */
	bool usable;		/* and it is one for this kernel */
	unsigned int faults;
};

/* One finding. @remedy: a command or a sentence; NULL: none is needed. */
__attribute__((format(printf, 5, 6)))
void told(struct patient *p, const char *check, enum verdict verdict, const char *remedy, const char *format, ...);

/* Of building: no obstacle while there is a module. */
enum verdict unless_usable(const struct patient *p);

__attribute__((format(printf, 2, 3))) char *path_of(const struct patient *p, const char *format, ...);
__attribute__((format(printf, 2, 3))) bool exists(const struct patient *p, const char *format, ...);
char *read_whole(const char *path, size_t *size);
__attribute__((format(printf, 2, 3))) char *read_of(const struct patient *p, const char *format, ...);
__attribute__((format(printf, 1, 2))) char *text_of(const char *format, ...);
bool has_program(const struct patient *p, const char *name);
bool has_word(const char *text, const char *word);
bool option_set(const struct patient *p, const char *name);
/* Calls @fn for every line of every FILE.conf in @dirs, as at boot: a file hides those of its name further on. */
void each_conf_line(struct patient *p, const char *const *dirs,
		    void (*fn)(struct patient *p, const char *file, char *line, void *arg), void *arg);

void doctor_build(struct patient *p);
void doctor_module(struct patient *p);
void doctor_load(struct patient *p);

#endif
