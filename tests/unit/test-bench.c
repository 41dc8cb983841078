/* What the programs of the bench share: command lines, percentiles, requests from a template, files of traffic. */
#include "bench/measure.h"
#include "bench/request.h"
#include "bench/traffic.h"
#include "tests/suite.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The programs of the benchmark read what they need once, and end. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static const char *
file_with(const char *text)
{
	static char path[64];
	FILE       *file;

	snprintf(path, sizeof path, "/tmp/haat-bench-%d", (int)getpid());
	file = fopen(path, "w");
	if (file == NULL)
		abort();
	fputs(text, file);
	fclose(file);
	return path;
}

static bool
read_command_line(const char *first, const char *second, int64_t *port, double *rate, bool *tls)
{
	const struct argument known[] = {
		ARGUMENT("port", "N", port, .required = true, .least = 1, .most = 65535),
		ARGUMENT("rate", "R", rate, .most = 10),
		ARGUMENT("tls", NULL, tls),
	};
	char *argv[] = { "load", (char *)first, (char *)second, NULL };

	optind = 0; /* getopt begins anew */
	return arguments_read(second == NULL ? 2 : 3, argv, known, 3);
}

static void
test_command_lines(void)
{
	int64_t port = 0;
	double  rate = 0;
	bool    tls = false;

	CHECK(read_command_line("--port=80", "--rate=2.5", &port, &rate, &tls));
	CHECK_INT(port, 80);
	CHECK(rate > 2.4 && rate < 2.6);
	CHECK(!tls);
	CHECK(read_command_line("--port=80", "--tls", &port, &rate, &tls));
	CHECK(tls);
	CHECK(!read_command_line("--tls", NULL, &port, &rate, &tls));
	CHECK(!read_command_line("--port=80.5", NULL, &port, &rate, &tls));
	CHECK(!read_command_line("--port=65536", NULL, &port, &rate, &tls));
	CHECK(!read_command_line("--port=80x", NULL, &port, &rate, &tls));
	CHECK(!read_command_line("--port=80", "--rate=11", &port, &rate, &tls));
	CHECK(!read_command_line("--port=80", "--speed=1", &port, &rate, &tls));
	CHECK(!read_command_line("--port=80", "more", &port, &rate, &tls));
}

static void
test_percentiles(void)
{
	struct samples samples = { .us = NULL };

	CHECK(samples_percentile(&samples, 50) == 0);
	for (int64_t us = 1000; us >= 0; us--)
		sample_add(&samples, us * 1000);
	CHECK_INT(samples.count, 1001);
	CHECK(samples_percentile(&samples, 50) == 500);
	CHECK(samples_percentile(&samples, 99) == 990);
	CHECK(samples_percentile(&samples, 100) == 1000);
}

static void
test_requests_are_filled_in(void)
{
	char into[REQUEST_BYTES_MAX], *words[WORDS_MAX] = { "shoe", "12" };
	struct template template;
	size_t length;

	REQUIRE(template_read(&template,
	    file_with("POST /things/{1} HTTP/1.1\nHost: localhost\n\n{\"n\": {2}, \"x\": {3}, \"y\": {}}\n"), NULL, NULL));
	length = request_write(&template, words, 1, into);
	into[length] = '\0';
	CHECK_TEXT(into,
	    "POST /things/shoe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 28\r\n\r\n{\"n\": 12, \"x\": {3}, \"y\": {}}");
	REQUIRE(template_read(&template, file_with("GET /{new} HTTP/1.1\nHost: localhost\n"), NULL, NULL));
	length = request_write(&template, NULL, 7, into);
	into[length] = '\0';
	CHECK(strstr(into, "-7 HTTP/1.1\r\nHost: localhost\r\n\r\n") != NULL);
	CHECK(strstr(into, "Content-Length") == NULL);
	unlink(file_with(""));
}

/* Digests of {"n": 12} under "key", from openssl dgst. */
static void
test_requests_are_signed(void)
{
	static const struct {
		const char *signer, *header;
	} signers[] = {
		{ "razorpay", "X-Razorpay-Signature: 4bd6ae78cafbee9f6bdbcea39ac1c9879f7dcd35b710c21e339d79eda93b9a14\r\n" },
		{ "paystack",
		    "x-paystack-signature: 641610daaf39164378da680166720273ddfe0fd2903f55a43570d8cef3fd3d2d684b3e6b39a48dd1153a8d2ad92576bedb0c84ee0351af25b4f4ae85d29fdf99\r\n" },
		{ "stripe", "Stripe-Signature: t=" },
	};
	char into[REQUEST_BYTES_MAX], secret[80], *words[WORDS_MAX] = { "12" };
	struct template template;

	snprintf(secret, sizeof secret, "%s", file_with("key\n"));
	for (size_t i = 0; i < sizeof signers / sizeof *signers; i++) {
		char signer[100];

		snprintf(signer, sizeof signer, "%s:%s-secret", signers[i].signer, secret);
		REQUIRE(rename(file_with("key\n"), strchr(signer, ':') + 1) == 0);
		REQUIRE(
		    template_read(&template, file_with("POST /hook HTTP/1.1\nHost: localhost\n\n{\"n\": {1}}\n"), NULL, signer));
		into[request_write(&template, words, 1, into)] = '\0';
		CHECK(strstr(into, signers[i].header) != NULL);
		CHECK(strstr(into, "\r\nContent-Length: 9\r\n\r\n{\"n\": 12}") != NULL);
		CHECK(!template_read(&template, file_with("POST /hook HTTP/1.1\n\n{}\n"), NULL, strchr(signer, ':')));
		unlink(strchr(signer, ':') + 1);
	}
	unlink(file_with(""));
}

static void
test_traffic_is_varied(void)
{
	static struct traffic traffic;
	char                 *words[WORDS_MAX] = { "0192f0c1-8f00-7000-8000-000000000001" };
	unsigned char         first[16];

	REQUIRE(traffic_read(&traffic,
	    file_with(
		"command START TRANSACTION\nstatement 5 INSERT INTO t VALUES (?, ?, ?, ?, ?)\nword 1\nnew 0\nnew 1\nnew 0\ninteger -3\n"
		"statement 1 SELECT ?\nvalue 254 6162\n")));
	CHECK_INT(traffic.count, 3);
	CHECK(traffic.steps[0].is_command);
	traffic_vary(&traffic, words);
	CHECK_INT(traffic.steps[1].values[0].bytes[15], 1);
	CHECK(memcmp(traffic.steps[1].values[1].bytes, traffic.steps[1].values[3].bytes, 16) == 0);
	CHECK(memcmp(traffic.steps[1].values[1].bytes, traffic.steps[1].values[2].bytes, 16) != 0);
	memcpy(first, traffic.steps[1].values[1].bytes, 16);
	traffic_vary(&traffic, words);
	CHECK(memcmp(first, traffic.steps[1].values[1].bytes, 16) != 0);
	CHECK(memcmp(traffic.steps[2].values[0].bytes, "ab", 2) == 0);
	CHECK(!traffic_read(&traffic, file_with("statement 2 SELECT ?, ?\nword 1\n")));
	CHECK(!traffic_read(&traffic, file_with("statement 1 SELECT ?\nword 17\n")));
	CHECK(!traffic_read(&traffic, file_with("SELECT 1\n")));
	unlink(file_with(""));
}

SUITE("bench", TEST(test_command_lines), TEST(test_percentiles), TEST(test_requests_are_filled_in),
    TEST(test_requests_are_signed), TEST(test_traffic_is_varied))
