/* write_all.h: bytes written to a file to their end. */
#ifndef WRITE_ALL_H
#define WRITE_ALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Write all `length` bytes where the descriptor stands, or at a place of the file: also when a signal interrupts, or the system takes
 * only a part at once.  False: errno says why; how much was written is not known.
 */
bool write_all(int fd, const void *bytes, size_t length);
bool write_all_at(int fd, const void *bytes, size_t length, int64_t at);

#endif
