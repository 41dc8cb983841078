/*
 * shared_file.h: memory that all processes of the host share, as a file of the run directory.
 */
#ifndef SHARED_FILE_H
#define SHARED_FILE_H

#include <stddef.h>

/*
 * Map `bytes` of the file at `path`, made where it is missing; its new bytes are zero.  Its room is taken now: on a full disk the first
 * write into a hole would end the process.  *fd (may be NULL) is the file, which stays open; without, it is closed.  NULL
 * with errno when it cannot be.
 */
void *shared_file_map(const char *path, size_t bytes, int *fd);

#endif
