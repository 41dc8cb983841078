/*
 * sizes.h: a picture in its widths.
 */
#ifndef MEDIA_SIZES_H
#define MEDIA_SIZES_H

#include "media/file.h"

struct job;

/* What was made: the files "<width>.webp" and "<width>.jpg" in the directory. */
struct sizes {
	int64_t widths[MEDIA_SIZES_MAX];
	size_t  n;
	int64_t width, height; /* of the largest */
};

/*
 * Make WebP and JPEG of 160, 480, 800 and 1600 pixels' width, or up to the picture's own where that is less, without anything that
 * was in the original beside its pixels, turned as its EXIF says.  Only the first of the runs reads what a stranger has sent; each
 * renews the job's lease.  INTERNAL when the picture cannot be read within the limits of memory and time.
 */
const struct problem *sizes_make(
    struct work *work, const struct job *job, const char *original, const char *directory, struct sizes *sizes);

#endif
