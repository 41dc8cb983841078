/*
 * banned.h: calls that this code base does without, refused by the compiler.
 *
 * Included in front of every file by the build.  A call fails to compile; the names may still stand in the macros of
 * foreign headers, which is why they are not poisoned.  What to use instead: text.h for building strings, snprintf into
 * a sized buffer, shapes for numbers from outside, instant.h for times.
 */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang takes the attribute on a first declaration only; gcc is what the project is built with. */
#ifndef __clang__
#define BANNED(instead) __attribute__((error("banned: use " instead)))

char      *strcpy(char *, const char *) BANNED("text.h or snprintf");
char      *strcat(char *, const char *) BANNED("text.h or snprintf");
int        sprintf(char *, const char *, ...) BANNED("snprintf");
char      *strtok(char *, const char *) BANNED("strcspn");
int        atoi(const char *) BANNED("strtoll");
long       atol(const char *) BANNED("strtoll");
double     atof(const char *) BANNED("strtod");
struct tm *localtime(const time_t *) BANNED("instant.h");
struct tm *gmtime(const time_t *) BANNED("instant.h");
char      *ctime(const time_t *) BANNED("instant.h");
int        system(const char *) BANNED("posix_spawn");
FILE      *popen(const char *, const char *) BANNED("posix_spawn");
#endif

#endif
