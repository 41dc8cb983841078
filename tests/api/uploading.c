#include "tests/api/uploading.h"

#include "base/arena.h"
#include "media/child.h"
#include "tests/api/check.h"
#include "tests/api/shopping.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

enum { HEAD = 33, CHUNK = 12 };

static size_t
put(char *into, size_t at, const void *bytes, size_t length)
{
	memcpy(into + at, bytes, length);
	return at + length;
}

static size_t
put_number(char *into, size_t at, uint32_t number)
{
	const unsigned char bytes[4] = { (unsigned char)(number >> 24), (unsigned char)(number >> 16),
		(unsigned char)(number >> 8), (unsigned char)number };

	return put(into, at, bytes, sizeof bytes);
}

/* A chunk of a PNG with its sum. */
static size_t
put_chunk(char *into, size_t at, const char *type, const void *bytes, size_t length)
{
	size_t begun = at + 4;

	at = put_number(into, at, (uint32_t)length);
	at = put(into, at, type, 4);
	at = put(into, at, bytes, length);
	return put_number(into, at, (uint32_t)crc32(0, (const unsigned char *)into + begun, (unsigned)(length + 4)));
}

/* Rows of one colour, packed. */
static char *
pack_rows(unsigned width, unsigned height, uLongf *length)
{
	static unsigned made;
	size_t          row = 1 + 3 * (size_t)width;
	char           *rows = calloc(height, row), *packed;
	unsigned        colour = (unsigned)getpid() * 97 + ++made * 7919;

	REQUIRE(rows != NULL);
	for (size_t i = 0; i < row * height; i++)
		rows[i] = i % row == 0 ? 0 : (char)(colour >> 8 * (i % row % 3));
	*length = compressBound(row * height);
	packed = malloc(*length);
	REQUIRE(packed != NULL && compress2((unsigned char *)packed, length, (unsigned char *)rows, row * height, 1) == Z_OK);
	free(rows);
	return packed;
}

/* Of bytes that malloc gave: they go with the arena of the tests. */
static struct file
kept(char *bytes, size_t length)
{
	arena_defer(api_arena(), free, bytes);
	return (struct file) { bytes, length };
}

struct file
png_new(unsigned width, unsigned height, const char *text)
{
	uLongf packed_length;
	char  *packed = pack_rows(width, height, &packed_length), *bytes, head[13];
	size_t length = 0, room = HEAD + 3 * CHUNK + packed_length + (text == NULL ? 0 : strlen(text)) + 32;

	bytes = malloc(room);
	REQUIRE(bytes != NULL);
	put_number(head, 0, width);
	put_number(head, 4, height);
	memcpy(head + 8, "\10\2\0\0\0", 5);
	length = put(bytes, length, "\x89PNG\r\n\x1a\n", 8);
	length = put_chunk(bytes, length, "IHDR", head, sizeof head);
	if (text != NULL)
		length = put_chunk(bytes, length, "tEXt", text, strlen(text));
	length = put_chunk(bytes, length, "IDAT", packed, packed_length);
	length = put_chunk(bytes, length, "IEND", "", 0);
	free(packed);
	return kept(bytes, length);
}

static struct file
read_whole(const char *path)
{
	enum { MOST = 16 << 20 };
	FILE  *file = fopen(path, "re");
	char  *bytes = malloc(MOST);
	size_t length;

	REQUIRE(file != NULL && bytes != NULL);
	length = fread(bytes, 1, MOST, file);
	fclose(file);
	return kept(bytes, length);
}

static void
write_whole(const char *path, struct file content)
{
	FILE *file = fopen(path, "we");

	REQUIRE(file != NULL && fwrite(content.bytes, 1, content.length, file) == content.length && fclose(file) == 0);
}

/* A segment APP1 with two tags: the orientation, and a description. */
static size_t
put_exif(char *into, size_t at, int orientation, const char *gps)
{
	static const char tags[] = "Exif\0\0MM\0*\0\0\0\10\0\2\1\x12\0\3\0\0\0\1\0";
	size_t            length = strlen(gps) + 1;

	at = put(into, at, "\xff\xe1", 2);
	at = put(into, at, (const char[]) { 0, (char)(2 + 6 + 38 + length) }, 2);
	at = put(into, at, tags, sizeof tags - 1);
	at = put(into, at, (const char[]) { (char)orientation, 0, 0 }, 3);
	at = put(into, at, "\1\x0e\0\2\0\0\0", 7);
	at = put(into, at, (const char[]) { (char)length, 0, 0, 0, 38, 0, 0, 0, 0 }, 9);
	return put(into, at, gps, length);
}

struct file
jpeg_new(unsigned width, unsigned height, int orientation, const char *gps)
{
	const char *png = form("%s/test-%d.png", shop_directory(), (int)getpid());
	const char *jpeg = form("%s/test-%d.jpg", shop_directory(), (int)getpid());
	const char *command[] = { "vipsthumbnail", png, form("--size=%ux%u", width, height), "-o", jpeg, NULL };
	struct file plain;
	char       *bytes;
	size_t      length;

	write_whole(png, png_new(width, height, NULL));
	REQUIRE(child_run(&(struct child) { command, shop_directory(), 1 << 30, 1 << 30, 10 }) == CHILD_DONE);
	plain = read_whole(jpeg);
	unlink(png);
	unlink(jpeg);
	bytes = malloc(plain.length + 300);
	REQUIRE(bytes != NULL && strlen(gps) < 200);
	length = put(bytes, 0, plain.bytes, 2);
	length = put_exif(bytes, length, orientation, gps);
	length = put(bytes, length, plain.bytes + 2, plain.length - 2);
	return kept(bytes, length);
}

struct file
gzip_new(const char *text)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text, .avail_in = (unsigned)strlen(text) };
	char    *packed;

	REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	stream.avail_out = (unsigned)deflateBound(&stream, stream.avail_in);
	packed = malloc(stream.avail_out);
	REQUIRE(packed != NULL);
	stream.next_out = (unsigned char *)packed;
	REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&stream);
	return kept(packed, stream.total_out);
}

struct file
files_joined(struct file first, const void *bytes, size_t length)
{
	char *both = malloc(first.length + length);

	REQUIRE(both != NULL);
	put(both, put(both, 0, first.bytes, first.length), bytes, length);
	return kept(both, first.length + length);
}

struct answer
upload_by(const char *method, const char *path, const char *token, const char *name, const struct file *files, size_t n,
    const char *json_name, const char *json)
{
	size_t        room = 1000, length = 0;
	char         *body;
	struct call   call = { .method = method, .path = path, .token = token };
	struct answer answer;

	for (size_t i = 0; i < n; i++)
		room += files[i].length + 300;
	room += json == NULL ? 0 : strlen(json);
	body = malloc(room);
	REQUIRE(body != NULL);
	if (json_name != NULL)
		length += (size_t)snprintf(
		    body, room, "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", json_name, json);
	for (size_t i = 0; i < n; i++) {
		length += (size_t)snprintf(body + length, room - length,
		    "--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%zu.png\"\r\nContent-Type: image/png\r\n\r\n",
		    name, i);
		length = put(body, length, files[i].bytes, files[i].length);
		length = put(body, length, "\r\n", 2);
	}
	length = put(body, length, "--b--\r\n", 7);
	call.body = body;
	call.length = length;
	call.headers = HEADERS("Content-Type: multipart/form-data; boundary=b");
	api_calls(&call, 1, &answer);
	free(body);
	return answer;
}

struct answer
upload_to(const char *path, const char *token, const char *name, const struct file *files, size_t n, const char *json_name,
    const char *json)
{
	return upload_by("POST", path, token, name, files, n, json_name, json);
}

struct answer
upload(const struct person *person, const struct file *files, size_t n)
{
	return upload_to("/media", person->access, "files", files, n, NULL, NULL);
}

const char *
uploaded(const struct person *person, struct file file)
{
	struct answer answer = upload(person, &file, 1);
	const char   *id;

	EXPECT(answer, 201);
	id = text_at(&answer, "results.0.id");
	WAIT_FOR("ready", "SELECT status FROM media WHERE id = '%s'", id);
	return id;
}

const char *
serve_once(struct file file)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t          length = sizeof address;
	int                listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char        *head = form("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", file.length);
	char               request[4096];

	REQUIRE(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
	REQUIRE(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	if (fork() == 0) {
		int connection;

		alarm(20);
		connection = accept(listener, NULL, NULL);
		_exit(read(connection, request, sizeof request) <= 0 || write(connection, head, strlen(head)) < 0 ||
		    write(connection, file.bytes, file.length) < 0);
	}
	close(listener);
	return form("http://127.0.0.1:%d/picture", ntohs(address.sin_port));
}
