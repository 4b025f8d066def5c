/* SPDX-License-Identifier: GPL-2.0 */
/* Captures for selftests/expert; see capture.c. Called by xnet.c. */
#ifndef CAPTURE_H
#define CAPTURE_H

void capture_name(const char *fixture, const char *test);
void capture_begin(int ns);
void capture_end(int ns);

#endif /* CAPTURE_H */
