/*
 * printed.h: what other programs say of our files.
 */
#ifndef PRINTED_H
#define PRINTED_H

/* What a command of the shell prints, without the line's end; it lives until the program ends.  One that fails is a failure. */
const char *printed_by(const char *command);

#endif
