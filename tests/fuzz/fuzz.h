/*
 * fuzz.h: throwing bytes at what reads bytes from outside.
 *
 * Each program fuzz-NAME is one fuzz_one.  It is built twice: by make with driver.c, which
 * replays the corpus and a fixed number of mutations of it, the same ones every time; and by tests/fuzz/run with clang's
 * libFuzzer, which looks for inputs that reach new code.  An input is wrong when the sanitizers say so or when a PROPERTY
 * does not hold: what was read must print back to the same value, and what an independent rule refuses must be refused.
 *
 * An input of several parts is its parts with a zero byte between them.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the program is about: judges one input. */
void fuzz_one(const uint8_t *bytes, size_t length);

/* What libFuzzer and driver.c call: fuzz_one, and an empty arena afterwards. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The memory of one input. */
struct arena *fuzz_arena(void);

/* Cuts the first part off the input; a string in the arena.  The whole input when there is no zero byte in it. */
const char *fuzz_part(const uint8_t **bytes, size_t *length);

/* Ends the program with what did not hold. */
#define PROPERTY(condition) ((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *what, const char *file, int line);

#endif
