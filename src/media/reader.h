/*
 * reader.h: bytes of a file at any place, through a window of 16 KB: files are looked into without being read into memory.
 */
#ifndef MEDIA_READER_H
#define MEDIA_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { READER_WINDOW = 16 * 1024 };

struct reader {
	int           fd; /* stays its owner's */
	int64_t       size;
	int64_t       start; /* of the window */
	size_t        length;
	unsigned char window[READER_WINDOW];
};

void reader_open(struct reader *reader, int fd, int64_t size);

/* The byte at that place; -1 behind the end, or where it cannot be read. */
int reader_byte(struct reader *reader, int64_t at);

/* A number of 1 to 8 bytes, the greatest byte first or last; -1 when it is not there or does not fit. */
int64_t reader_big(struct reader *reader, int64_t at, size_t bytes);
int64_t reader_little(struct reader *reader, int64_t at, size_t bytes);

/* Do these bytes stand there? */
bool reader_has(struct reader *reader, int64_t at, const void *bytes, size_t n);

/* Overwrite `n` bytes at that place with zeros; false when the file cannot be written. */
bool reader_blank(struct reader *reader, int64_t at, int64_t n);

/* Overwrite `n` bytes, at most 16. */
bool reader_write(struct reader *reader, int64_t at, const void *bytes, size_t n);

#endif
