/* Stores outside: Cloudinary's signatures (its library's, version 2), and what files are called and where they are served. */
#include "base/arena.h"
#include "media/cloudinary.h"
#include "media/storage.h"
#include "tests/suite.h"

#include <string.h>

#define NAME "5f/5f0c-0a1b2c3d4e5f-480"

static const struct stored_file picture = { NAME ".webp", "image/webp" }, film = { "5f/5f0c-0a1b2c3d4e5f.mp4", "video/mp4" };

static struct work
work_of(const struct config *config)
{
	return (struct work) { .arena = arena_new(1 << 20), .config = config, .request_id = "", .traceparent = "" };
}

static void
cloudinary_signs_as_its_library_does(void)
{
	static const struct cloudinary_parameter sample[] = { { "timestamp", "1315060510" }, { "public_id", "sample_image" },
		{ "folder", "" }, { "eager", "w_400,h_300,c_pad|w_260,h_200,c_crop" } };
	static const struct cloudinary_parameter forged[] = { { "folder", "a&public_id=evil" }, { "public_id", "p1" },
		{ "tags", "x,y" }, { "timestamp", "1767323045" } };
	struct arena                            *arena = arena_new(1 << 20);

	CHECK_TEXT(cloudinary_signature(arena, SIGNATURE_SHA1, "abcd", sample, 4), "bfd09f95f331f558cbd1320e67aa8d488770583e");
	CHECK_TEXT(cloudinary_signature(arena, SIGNATURE_SHA256, "abcd", sample, 4),
	    "cc927e1290f9e3ae4c1a741eda21a4630b4ce80f9ce0bc0296337d25cf40f91e");
	CHECK_TEXT(cloudinary_signature(arena, SIGNATURE_SHA1, "abcd", forged, 4), "5b690ad473a669266cf3e0d3e9b1dacff611dcfc");
	arena_free(arena);
}

static void
cloudinary_names_both_formats_apart(void)
{
	struct config config = { .media.cloudinary = { .cloud_name = "haat", .folder = "products" } };
	struct work   work = work_of(&config);

	CHECK_TEXT(storage_cloudinary.public_id(&work, &picture), "products/" NAME "-webp");
	CHECK_TEXT(storage_cloudinary.base_url(&config, work.arena), "https://res.cloudinary.com/haat");
	CHECK_TEXT(storage_cloudinary.path(&work, &picture), "image/upload/v1/products/" NAME "-webp.webp");
	config.media.cloudinary.folder = "";
	CHECK_TEXT(storage_cloudinary.path(&work, &film), "video/upload/v1/5f/5f0c-0a1b2c3d4e5f-mp4.mp4");
	arena_free(work.arena);
}

static void
s3_has_a_host_for_a_bucket_where_it_can(void)
{
	struct config config = { .media.s3 = { .bucket = "haat-media", .region = "ap-south-1", .base_url = "" } };
	struct work   work = work_of(&config);

	CHECK_TEXT(storage_s3.base_url(&config, work.arena), "https://haat-media.s3.ap-south-1.amazonaws.com");
	config.media.s3.bucket = "media.haat.test";
	CHECK_TEXT(storage_s3.base_url(&config, work.arena), "https://s3.ap-south-1.amazonaws.com/media.haat.test");
	config.media.s3.base_url = "https://s3.haat.test";
	CHECK_TEXT(storage_s3.base_url(&config, work.arena), "https://s3.haat.test/media.haat.test");
	CHECK_TEXT(storage_s3.path(&work, &picture), picture.name);
	CHECK_TEXT(storage_s3.public_id(&work, &picture), picture.name);
	CHECK(storage_local.public_id(&work, &picture) == NULL);
	arena_free(work.arena);
}

static void
pages_may_show_what_is_elsewhere(void)
{
	struct config config = { .media = { .public_url = "", .s3.base_url = "" } };
	struct arena *arena = arena_new(1 << 20);

	config.media.s3.bucket = config.media.cloudinary.cloud_name = "";
	CHECK_TEXT(media_origins(&config, arena), "");
	config.media.public_url = "https://cdn.haat.test:8443/pictures";
	CHECK_TEXT(media_origins(&config, arena), " https://cdn.haat.test:8443");
	config.media.s3.bucket = "haat-media"; /* of before */
	config.media.s3.region = "ap-south-1";
	CHECK_TEXT(media_origins(&config, arena), " https://cdn.haat.test:8443 https://haat-media.s3.ap-south-1.amazonaws.com");
	config.media.store = MEDIA_S3;
	CHECK_TEXT(media_origins(&config, arena), " https://cdn.haat.test:8443");
	config.media.public_url = "";
	config.media.cloudinary.cloud_name = "haat";
	CHECK_TEXT(media_origins(&config, arena), " https://haat-media.s3.ap-south-1.amazonaws.com https://res.cloudinary.com");
	arena_free(arena);
}

SUITE("media stores", TEST(cloudinary_signs_as_its_library_does), TEST(cloudinary_names_both_formats_apart),
    TEST(s3_has_a_host_for_a_bucket_where_it_can), TEST(pages_may_show_what_is_elsewhere))
