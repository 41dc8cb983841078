#include "tests/unit/sandbox_peer.h"

#include "verify/haatverify.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "sk_test_sandbox"
#define SECRET "whsec_test_sandbox"

static const char *const  secrets[] = { SECRET, NULL };
static char               directory[] = "/tmp/haat-sandbox-XXXXXX";
static uint16_t           port, hook_port;
static pid_t              sandbox;
static struct MHD_Daemon *listener;

/* What the listener has heard so far; `refuse` webhooks are answered 503 first. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t  changed;
	char           *bodies[HEARD_MOST];
	bool            authentic[HEARD_MOST];
	size_t          count;
	int             refuse;
} heard = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, .count = 0 };

static enum MHD_Result
hear(void *argument, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *piece, size_t *piece_length, void **held)
{
	struct MHD_Response *response;
	const char          *signature = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Stripe-Signature");
	char                *body = *held;
	size_t               length = body == NULL ? 0 : strlen(body);
	bool                 refused;

	(void)argument, (void)url, (void)method, (void)version;
	if (body == NULL || *piece_length > 0) {
		body = realloc(body, length + *piece_length + 1);
		memcpy(body + length, piece == NULL ? "" : piece, *piece_length);
		body[length + *piece_length] = '\0';
		*held = body;
		*piece_length = 0;
		return MHD_YES;
	}
	pthread_mutex_lock(&heard.lock);
	refused = heard.refuse > 0;
	heard.refuse -= refused;
	if (!refused && heard.count < HEARD_MOST) {
		heard.authentic[heard.count] =
		    haat_verify_stripe(signature, body, length, secrets, time(NULL), 300) == HAAT_VERIFY_OK;
		heard.bodies[heard.count++] = strdup(body);
	}
	pthread_cond_broadcast(&heard.changed);
	pthread_mutex_unlock(&heard.lock);
	response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
	MHD_queue_response(connection, refused ? 503 : 200, response);
	MHD_destroy_response(response);
	return MHD_YES;
}

static void
done_hearing(void *argument, struct MHD_Connection *connection, void **held, enum MHD_RequestTerminationCode how)
{
	(void)argument, (void)connection, (void)how;
	free(*held);
}

size_t
wait_heard(size_t count)
{
	struct timespec until;
	size_t          now;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&heard.lock);
	while (heard.count < count && pthread_cond_timedwait(&heard.changed, &heard.lock, &until) == 0)
		continue;
	now = heard.count;
	pthread_mutex_unlock(&heard.lock);
	return now;
}

void
forget_heard(void)
{
	pthread_mutex_lock(&heard.lock);
	while (heard.count > 0)
		free(heard.bodies[--heard.count]);
	heard.refuse = 0;
	pthread_mutex_unlock(&heard.lock);
}

static size_t
take_header(char *line, size_t size, size_t count, void *argument)
{
	struct answer *answer = argument;

	if (size * count >= 25 && strncmp(line, "Idempotent-Replayed: true", 25) == 0)
		answer->replayed = true;
	return size * count;
}

const char *
heard_body(size_t place)
{
	const char *body;

	pthread_mutex_lock(&heard.lock);
	body = place < heard.count ? heard.bodies[place] : NULL;
	pthread_mutex_unlock(&heard.lock);
	return body;
}

bool
heard_authentic(size_t place)
{
	bool authentic;

	pthread_mutex_lock(&heard.lock);
	authentic = place < heard.count && heard.authentic[place];
	pthread_mutex_unlock(&heard.lock);
	return authentic;
}

void
refuse_webhooks(int count)
{
	pthread_mutex_lock(&heard.lock);
	heard.refuse = count;
	pthread_mutex_unlock(&heard.lock);
}

/* Releases the headers. */
static struct answer
call_by(struct curl_slist *headers, const char *method, const char *path, const char *body, long timeout_ms)
{
	CURL         *curl = curl_easy_init();
	struct answer answer = { .status = 0 };
	char          url[600];
	char         *location = NULL;
	size_t        length;
	FILE         *text = open_memstream(&answer.text, &length);

	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, text);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
	if (strcmp(method, "POST") == 0)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body == NULL ? "" : body);
	if (curl_easy_perform(curl) == CURLE_OK) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
		curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
		answer.location = location == NULL ? NULL : strdup(location);
	}
	fclose(text);
	if (answer.status != 0)
		answer.json = json_tokener_parse(answer.text);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return answer;
}

struct answer
call_lacking(enum lacks lacks, const char *method, const char *path, const char *body, const char *key, long timeout_ms)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char               line[300];

	if (lacks != LACKS_AUTHORIZATION)
		headers = curl_slist_append(
		    headers, lacks == HAS_WRONG_KEY ? "Authorization: Bearer sk_test_wrong" : "Authorization: Bearer " KEY);
	if (lacks != LACKS_VERSION)
		headers = curl_slist_append(headers, "Stripe-Version: 2026-10-28.endive");
	if (key != NULL) {
		snprintf(line, sizeof line, "Idempotency-Key: %s", key);
		headers = curl_slist_append(headers, line);
	}
	return call_by(headers, method, path, body, timeout_ms);
}

struct answer
call_with(const char *const *headers, const char *method, const char *path, const char *body)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	for (; *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	return call_by(list, method, path, body, WAIT_SECONDS * 1000);
}

struct answer
call(const char *method, const char *path, const char *body, const char *key)
{
	return call_lacking(LACKS_NOTHING, method, path, body, key, WAIT_SECONDS * 1000);
}

void
drop(struct answer answer)
{
	json_object_put(answer.json);
	free(answer.text);
	free(answer.location);
}

struct json_object *
member(struct json_object *object, const char *path)
{
	char name[64];

	while (object != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");

		snprintf(name, sizeof name, "%.*s", (int)length, path);
		object = json_object_is_type(object, json_type_array)
		    ? json_object_array_get_idx(object, (size_t)strtol(name, NULL, 10))
		    : json_object_object_get(object, name);
		path += length + (path[length] == '.');
	}
	return object;
}

const char *
text_at(struct json_object *object, const char *path)
{
	return json_object_get_string(member(object, path));
}

int64_t
integer_at(struct json_object *object, const char *path)
{
	return json_object_get_int64(member(object, path));
}

/* A port that was free a moment ago. */
static uint16_t
free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t          length = sizeof address;
	int                probe = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(probe, (struct sockaddr *)&address, length) != 0 ||
	    getsockname(probe, (struct sockaddr *)&address, &length) != 0)
		abort();
	close(probe);
	return ntohs(address.sin_port);
}

static bool
write_config(const char *path, const char *profile)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		return false;
	fprintf(file,
	    "profile = %s\n[auth]\njwt_secret = 0123456789abcdef0123456789abcdef\n"
	    "seal_secret = fedcba9876543210fedcba9876543210\n"
	    "[payments]\nproviders = stripe, cod, bkash\n[payments.bkash]\nusername = sandboxUser\npassword = sandboxWord\n"
	    "app_key = sandboxKey\napp_secret = sandboxSecret\n"
	    "[payments.stripe]\nsecret_key = " KEY "\nwebhook_secret = " SECRET ",whsec_old\n"
	    "[sandbox]\nport = %u\nstate_file = %s/journal\nwebhook_url = http://127.0.0.1:%u/hooks\n",
	    profile, port, directory, hook_port);
	return fclose(file) == 0;
}

/* The child: the program, its log where HAAT_TEST_LOG says or nowhere. */
static _Noreturn void
become_sandbox(const char *config)
{
	const char *log = getenv("HAAT_TEST_LOG");

	if (freopen(log == NULL ? "/dev/null" : log, "a", stderr) != NULL)
		execl("src/haat-sandbox", "haat-sandbox", "--config", config, (char *)NULL);
	_exit(127);
}

bool
start_sandbox(const char *profile)
{
	static const struct timespec moment = { .tv_nsec = 20000000 };
	char                         config[100];

	snprintf(config, sizeof config, "%s/haat.conf", directory);
	if (!write_config(config, profile))
		return false;
	sandbox = fork();
	if (sandbox == 0)
		become_sandbox(config);
	for (int tries = 0; tries < WAIT_SECONDS * 50; tries++) {
		struct answer answer = call_lacking(LACKS_NOTHING, "GET", "/sandbox/switches", NULL, NULL, 2000);
		bool          ready = answer.status == 200;

		drop(answer);
		if (ready)
			return true;
		if (waitpid(sandbox, NULL, WNOHANG) == sandbox) {
			sandbox = 0;
			return false;
		}
		nanosleep(&moment, NULL);
	}
	return false;
}

int
stop_sandbox(void)
{
	int status = -1;

	if (sandbox <= 0)
		return status;
	kill(sandbox, SIGTERM);
	waitpid(sandbox, &status, 0);
	sandbox = 0;
	return status;
}

bool
peer_open(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (mkdtemp(directory) == NULL)
		return false;
	port = free_port();
	hook_port = free_port();
	address.sin_port = htons(hook_port);
	listener = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, hook_port, NULL, NULL, hear, NULL, MHD_OPTION_SOCK_ADDR,
	    &address, MHD_OPTION_NOTIFY_COMPLETED, done_hearing, NULL, MHD_OPTION_END);
	return listener != NULL;
}

static void
remove_file(const char *name)
{
	char path[100];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	unlink(path);
}

void
peer_close(void)
{
	stop_sandbox();
	if (listener != NULL)
		MHD_stop_daemon(listener);
	forget_heard();
	remove_file("haat.conf");
	remove_file("journal");
	rmdir(directory);
	curl_global_cleanup();
}
