/* What a handler reads from a request. */
#include "http/request.h"

#include "base/encoding.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

const char *
path_text(struct request *request, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < PARAMETERS_OF_PATH_MAX && request->parameters[i].name != NULL; i++) {
		const struct path_parameter *parameter = &request->parameters[i];

		if (parameter->name_length == length && memcmp(parameter->name, name, length) == 0)
			return percent_decode(request->work->arena, parameter->text, parameter->length, false);
	}
	assert(!"a parameter that the path does not have");
	return NULL;
}

const struct problem *
path_id(struct request *request, const char *name, struct uuid *into)
{
	const char *text = path_text(request, name);

	if (text == NULL || !uuid_parse(text, into))
		return problem(NOT_FOUND, "not found");
	return OK;
}

const char *
request_header(const struct request *request, const char *name)
{
	return FCGX_GetParam(name, request->fcgi->envp);
}

const char *
request_single_header(const struct request *request, const char *name, bool *twice)
{
	size_t      length = strlen(name), found = 0;
	const char *value = NULL;

	for (char **entry = request->fcgi->envp; *entry != NULL; entry++)
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
			value = *entry + length + 1;
			found++;
		}
	*twice = found > 1;
	return value;
}

/* RECEIVED is nginx's $msec, "1767225600.123": of this machine's clock, as ours is. */
int64_t
request_waited_ms(const struct request *request)
{
	const char *received = FCGX_GetParam("RECEIVED", request->fcgi->envp);
	int64_t     seconds, milliseconds, waited;

	if (received == NULL || sscanf(received, "%12" SCNd64 ".%3" SCNd64, &seconds, &milliseconds) != 2)
		return 0;
	waited = instant_now().unix_ms - (seconds * 1000 + milliseconds);
	return waited > 0 ? waited : 0;
}

const char *
request_cookie(const struct request *request, const char *name)
{
	const char *cookies = request_header(request, "HTTP_COOKIE");
	size_t      length = strlen(name);

	while (cookies != NULL && *cookies != '\0') {
		size_t pair = strcspn(cookies, ";");

		if (pair > length && strncmp(cookies, name, length) == 0 && cookies[length] == '=')
			return arena_copy(request->work->arena, cookies + length + 1, pair - length - 1);
		cookies += pair;
		cookies += strspn(cookies, "; ");
	}
	return NULL;
}
