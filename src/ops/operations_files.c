/* Disks and certificates: what lies on this machine and runs out. */
#include "ops/operations.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "store/work.h"

#include <openssl/pem.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { DISK_PERCENT_MIN = 5, DAYS_MIN = 14, DAY_SECONDS = 86400 };

#define FOUND(part, condition, ...) operations_found(operations, part, condition, arena_format(work->arena, __VA_ARGS__))

static void
look_at_disk(struct work *work, struct operations *operations, const char *directory)
{
	struct statvfs      disk;
	struct disk_report *report = &operations->disks[operations->n_disks++];

	report->directory = directory;
	if (statvfs(directory, &disk) != 0) {
		FOUND(PART_DISK, CONDITION_DOWN, "'%s' cannot be looked at", directory);
		return;
	}
	report->free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
	report->size_bytes = (int64_t)(disk.f_blocks * disk.f_frsize);
	if (report->free_bytes < report->size_bytes / 100 * DISK_PERCENT_MIN)
		FOUND(
		    PART_DISK, CONDITION_DEGRADED, "%lld MiB are free in '%s'", (long long)(report->free_bytes >> 20), directory);
}

/* One directory of each file system. */
void
look_at_disks(struct work *work, struct operations *operations)
{
	const struct config *config = work->config;
	const char *const directories[] = { config->run_directory, config->http.upload_directory, config->http.import_directory,
		config->media.directory, config->media.originals_directory };
	dev_t             seen[OPERATIONS_DISKS_MAX] = { 0 };
	size_t            n_seen = 0;

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		struct stat status;
		size_t      same = 0;

		if (*directories[i] == '\0' || stat(directories[i], &status) != 0)
			continue; /* made when it is needed, on the disk of another */
		while (same < n_seen && seen[same] != status.st_dev)
			same++;
		if (same < n_seen)
			continue;
		seen[n_seen++] = status.st_dev;
		look_at_disk(work, operations, directories[i]);
	}
	if (operations->ready.checks.disk == PART_FAILED)
		FOUND(PART_DISK, CONDITION_DOWN, "the shop's directories have no room");
}

/* When the first certificate of a PEM file ends, in Unix seconds; false when it cannot be read. */
static bool
read_end(const char *path, int64_t *end)
{
	FILE     *file = fopen(path, "re");
	X509     *certificate = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);
	struct tm time;
	bool      is_read = certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1;

	if (is_read)
		*end = timegm(&time);
	X509_free(certificate);
	if (file != NULL)
		fclose(file);
	return is_read;
}

static void
look_at_certificate(struct work *work, struct operations *operations, struct certificate_report *report)
{
	int64_t end, left;

	if (!read_end(report->file, &end)) {
		FOUND(PART_CERTIFICATES, CONDITION_DEGRADED, "'%s' cannot be read", report->file);
		return;
	}
	left = end - unix_seconds();
	report->ends_at = ARENA_NEW(work->arena, struct instant);
	report->ends_at->unix_ms = end * 1000;
	report->days_left = ARENA_NEW(work->arena, int64_t);
	*report->days_left = left / DAY_SECONDS - (left < 0);
	if (left <= 0)
		FOUND(PART_CERTIFICATES, CONDITION_DOWN, "'%s' has ended", report->file);
	else if (left < DAYS_MIN * DAY_SECONDS)
		FOUND(
		    PART_CERTIFICATES, CONDITION_DEGRADED, "'%s' ends in %lld days", report->file, (long long)*report->days_left);
}

void
look_at_certificates(struct work *work, struct operations *operations)
{
	const char *const *files = work->config->certificates.watched_files;

	operations->certificates = ARENA_ARRAY(work->arena, OPERATIONS_CERTIFICATES_MAX, struct certificate_report);
	for (; *files != NULL && operations->n_certificates < OPERATIONS_CERTIFICATES_MAX; files++) {
		struct certificate_report *report = &operations->certificates[operations->n_certificates++];

		report->file = *files;
		look_at_certificate(work, operations, report);
	}
}
