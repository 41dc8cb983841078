#include "media/sizes.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "media/child.h"
#include "media/content.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* WebP ends at 16,383 pixels in either direction. */
#define LARGEST "1600x16383>"
static const int64_t wanted_widths[] = { 160, 480, 800, 1600 };

enum { WANTED = sizeof wanted_widths / sizeof *wanted_widths, CHILD_FILE_BYTES = 512 << 20 };

#define WEBP_OPTIONS "[Q=80,strip]"
#define JPEG_OPTIONS "[Q=82,strip,optimize_coding,background=255]"

/* `colours` is the profile to convert to, or NULL for what has been converted: saying it again would put 3 KB into each WebP. */
static const struct problem *
thumbnail(struct work *work, const struct job *job, const char *directory, const char *from, const char *size,
    const char *colours, const char *to)
{
	const struct config *config = work->config;
	const char *const    command[] = { config->media.thumbnailer, from, "--size", size, "--vips-novector", "-o", to,
                colours == NULL ? NULL : "--export-profile", colours, NULL };
	enum child_outcome   outcome = child_run(&(struct child) { .command = command,
	      .directory = directory,
	      .memory_bytes = config->media.child_bytes,
	      .file_bytes = CHILD_FILE_BYTES,
	      .seconds = config->media.child_seconds });

	TRY(job_heartbeat(work, job));
	switch (outcome) {
	case CHILD_DONE:
		return OK;
	case CHILD_OUT_OF_TIME:
		return problem(INTERNAL, "the picture's sizes take too long to make");
	case CHILD_NOT_STARTED:
		log_error("cannot run the program that makes pictures' sizes", LOG_ID("program", config->media.thumbnailer));
		return problem_waits(work->arena, PROBLEM_INTERNAL, "the program that makes pictures' sizes cannot be run", 60);
	case CHILD_FAILED:
		break;
	}
	return problem(INTERNAL, "the picture cannot be read within the limits");
}

/* The dimensions of what a run has made. */
static const struct problem *
measure(const char *path, struct sizes *sizes)
{
	int            fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat    status;
	struct content content;
	const char    *fault = "is not there";

	if (fd >= 0 && fstat(fd, &status) == 0)
		fault = content_read(fd, status.st_size, &content);
	if (fd >= 0)
		close(fd);
	if (fault != NULL)
		return problem(INTERNAL, "the picture's sizes are not what they should be");
	sizes->width = content.width;
	sizes->height = content.height;
	return OK;
}

/* Relative names would be taken from where the picture is read. */
static const char *
place(struct work *work, const char *directory, const char *name)
{
	return arena_format(work->arena, "%s/%s", directory, name);
}

static const struct problem *
make_width(struct work *work, const struct job *job, const char *directory, int64_t width)
{
	const char *large = place(work, directory, "large.png"), *size = arena_format(work->arena, "%" PRId64 "x16383", width);
	const char *webp = arena_format(work->arena, "%" PRId64 ".webp" WEBP_OPTIONS, width);
	const char *jpeg = arena_format(work->arena, "%" PRId64 ".jpg" JPEG_OPTIONS, width);

	TRY(thumbnail(work, job, directory, large, size, NULL, place(work, directory, webp)));
	return thumbnail(work, job, directory, large, size, NULL, place(work, directory, jpeg));
}

const struct problem *
sizes_make(struct work *work, const struct job *job, const char *original, const char *directory, struct sizes *sizes)
{
	sizes->n = 0;
	TRY(thumbnail(work, job, directory, original, LARGEST, "srgb", place(work, directory, "large.png[compression=1,strip]")));
	TRY(measure(place(work, directory, "large.png"), sizes));
	for (size_t i = 0; i < WANTED; i++) {
		int64_t width = wanted_widths[i] < sizes->width ? wanted_widths[i] : sizes->width;

		TRY(make_width(work, job, directory, width));
		sizes->widths[sizes->n++] = width;
		if (width == sizes->width)
			break;
	}
	return OK;
}
