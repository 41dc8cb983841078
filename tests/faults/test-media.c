/* Pictures while the program that makes their sizes crashes, hangs and eats memory, and while the disk is full. */
#include "tests/api/uploading.h"
#include "tests/faults/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

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
	int         closed;

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
	closed = fclose(file);
	REQUIRE(closed == 0 && chmod(path, 0755) == 0);
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

enum { SIDE = 30000, STRIPE = 300, ROW = 1 + 3 * SIDE, BOMB_ROOM = 4 << 20, UPLOAD = 10 * 1000 * 1000, GROWTH_KB = 1024 };

static size_t
put_number(char *into, size_t at, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		into[at++] = (char)(number >> shift);
	return at;
}

static size_t
put_chunk(char *into, size_t at, const char *type, const void *body, size_t length)
{
	at = put_number(into, at, (uint32_t)length);
	memcpy(into + at, type, 4);
	memcpy(into + at + 4, body, length);
	return put_number(into, at + 4 + length, (uint32_t)crc32(0, (const unsigned char *)into + at, (unsigned)(4 + length)));
}

/* Black rows as zlib packs them; those of one stripe are packed, and stand there as often as the picture is high. */
static size_t
pack_black(char *into)
{
	static const char last[] = { 3, 0 }; /* an empty block, and the end */
	z_stream          stream = { .next_out = (unsigned char *)into + 2, .avail_out = BOMB_ROOM };
	unsigned char    *rows = calloc(STRIPE, ROW);
	size_t            stripe, at;

	REQUIRE(rows != NULL && deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	stream.next_in = rows;
	stream.avail_in = STRIPE * ROW;
	REQUIRE(deflate(&stream, Z_FULL_FLUSH) == Z_OK && stream.avail_in == 0);
	stripe = stream.total_out;
	deflateEnd(&stream);
	free(rows);
	memcpy(into, "\x78\xda", 2);
	for (at = 2 + stripe; at + stripe <= 2 + stripe * (SIDE / STRIPE); at += stripe)
		memcpy(into + at, into + 2, stripe);
	memcpy(into + at, last, sizeof last);
	return put_number(into, at + sizeof last, (uint32_t)((uint64_t)SIDE * ROW % 65521 << 16 | 1)); /* Adler-32 of zeros */
}

/* 2.7 GB of black in some 2 MB: a valid PNG. */
static struct file
bomb_new(void)
{
	char  *packed = malloc(BOMB_ROOM), *bytes = malloc(BOMB_ROOM + 100), head[13];
	size_t length, packed_length;

	REQUIRE(packed != NULL && bytes != NULL);
	packed_length = pack_black(packed);
	put_number(head, 0, SIDE);
	put_number(head, 4, SIDE);
	memcpy(head + 8, "\10\2\0\0\0", 5);
	memcpy(bytes, "\x89PNG\r\n\x1a\n", 8);
	length = put_chunk(bytes, 8, "IHDR", head, sizeof head);
	length = put_chunk(bytes, length, "IDAT", packed, packed_length);
	length = put_chunk(bytes, length, "IEND", "", 0);
	free(packed);
	return (struct file) { bytes, length };
}

/* What comes in goes through the worker, not into it; nor does what a small file unpacks to. */
static void
worker_stays_small(void)
{
	static const char begin[] = "\0\0\0\x14"
				    "ftypisom\0\0\2\0isom"
				    "\0\0\0\x18moov"
				    "\0\0\0\x10trak\0\0\0\x08mdia";
	struct person     customer = person_new("customer");
	struct file       film = { calloc(1, UPLOAD), UPLOAD }, bomb = bomb_new();
	struct answer     answer;
	char             *bytes = (char *)film.bytes;
	pid_t             worker;
	long              before;

	REQUIRE(bytes != NULL);
	memcpy(bytes, begin, sizeof begin - 1);
	memcpy(bytes + put_number(bytes, sizeof begin - 1, UPLOAD - (sizeof begin - 1)), "mdat", 4);
	uploaded(&customer, png_new(20, 20, NULL));
	worker = only_worker("bulk");
	forget_peak(worker);
	before = memory_of(worker, "VmRSS");
	EXPECT(upload(&customer, &film, 1), 201);
	answer = upload(&customer, &bomb, 1);
	EXPECT_FAULT(answer, "files.0");
	printf(
	    "(%ld KB for %d MB, and %zu KB of PNG) ", memory_of(worker, "VmHWM") - before, UPLOAD / 1000000, bomb.length / 1000);
	CHECK_INT(only_worker("bulk"), worker);
	CHECK(memory_of(worker, "VmHWM") - before <= GROWTH_KB);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM media WHERE user_id = '%s'", customer.id), 2);
	free(bytes);
}

SUITE("media", TEST(program_crashes_hangs_and_eats_memory), TEST(disk_is_full), TEST(worker_stays_small))
