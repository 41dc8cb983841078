/* Pictures while the program that makes their sizes crashes, hangs and eats memory, and while the disk is full. */
#include "tests/api/uploading.h"
#include "tests/faults/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 300 * 1024 };

static void
restart_jobs(const char *thumbnailer)
{
	if (thumbnailer != NULL) {
		setenv("HAAT_MEDIA_THUMBNAILER", thumbnailer, 1);
		setenv("HAAT_MEDIA_CHILD_SECONDS", "1", 1);
	} else {
		unsetenv("HAAT_MEDIA_THUMBNAILER");
		unsetenv("HAAT_MEDIA_CHILD_SECONDS");
	}
	part_stop("jobs");
	part_start("jobs");
}

/* A program that fails in another way each of the first three times, and does what it should from then on. */
static const char *
unreliable_program(void)
{
	const char *path = form("%s/unreliable-thumbnailer", shop_directory());
	FILE       *file = fopen(path, "we");

	unlink(form("%s.runs", path));
	REQUIRE(file != NULL);
	fputs("#!/bin/sh\n"
	      "runs=$(cat \"$0.runs\" 2>/dev/null || echo 0)\n"
	      "echo $((runs + 1)) >\"$0.runs\"\n"
	      "case $runs in\n"
	      "0) exec perl -MPOSIX -e abort ;;\n"
	      "1) exec sleep 100 ;;\n"
	      "2) exec perl -e '$x = \"a\" x (4000 << 20)' ;;\n"
	      "*) exec vipsthumbnail \"$@\" ;;\n"
	      "esac\n",
	    file);
	REQUIRE(fclose(file) == 0 && chmod(path, 0755) == 0);
	return path;
}

static void
program_crashes_hangs_and_eats_memory(void)
{
	struct person customer = person_new("customer");
	const char   *program = unreliable_program(), *id;

	restart_jobs(program);
	id = uploaded(&customer, png_new(20, 20, NULL));
	CHECK_TEXT(sql_text("SELECT widths FROM media WHERE id = '%s'", id), "20");
	CHECK(access(form("%s/originals/%s.making", shop_directory(), id), F_OK) != 0);
	restart_jobs(NULL);
	unlink(program);
	unlink(form("%s.runs", program));
	EXPECT_CONSISTENT();
}

/* Until there is room again nothing is kept, and the client is told. */
static void
disk_is_full(void)
{
	struct person customer = person_new("customer");
	const char   *path = form("%s/originals", shop_directory());
	struct file   large = { calloc(1, LARGE), LARGE };
	struct answer answer;

	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0700") != 0) {
		skip_test("no file system can be mounted here");
		return;
	}
	answer = upload(&customer, &large, 1);
	CHECK_INT(umount2(path, MNT_DETACH), 0);
	EXPECT_PROBLEM(answer, 503, "storage_full");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE user_id = '%s'", customer.id), 0);
	uploaded(&customer, png_new(20, 20, NULL));
}

SUITE("media", TEST(program_crashes_hangs_and_eats_memory), TEST(disk_is_full))
