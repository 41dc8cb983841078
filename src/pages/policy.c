#include "pages/policy.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "http/request.h"

static const char popups[] = "same-origin-allow-popups";

/* Does the source, an origin whose first label may be a star, take the origin in? */
static bool
is_covered(const char *source, const char *origin)
{
	const char *star = strstr(source, "://*.");
	size_t      source_length = strlen(source), length = strlen(origin);

	if (star == NULL)
		return strcmp(source, origin) == 0;
	source_length -= (size_t)(star + 4 - source);
	return strncmp(source, origin, (size_t)(star + 3 - source)) == 0 && length > source_length &&
	    strcmp(origin + length - source_length, star + 4) == 0;
}

static bool
is_listed(const char *const *sources, const char *origin)
{
	for (; *sources != NULL; sources++)
		if (is_covered(*sources, origin))
			return true;
	return false;
}

/* A stand-in takes the place of all origins; 'unsafe-inline' is none. */
static void
add_directive(struct text *policy, const char *name, const char *const *sources, const char *stand_in)
{
	text_addf(policy, "; %s 'self'", name);
	if (stand_in != NULL)
		text_addf(policy, " %s", stand_in);
	for (; sources != NULL && *sources != NULL; sources++)
		if (stand_in == NULL || **sources == '\'')
			text_addf(policy, " %s", *sources);
}

static void
add_headers(struct request *request, const char *policy, const char *opener_policy, const char *referrer_policy)
{
	respond_header(request, "Content-Security-Policy", policy);
	respond_header(request, "Cross-Origin-Opener-Policy", opener_policy);
	respond_header(request, "Referrer-Policy", referrer_policy);
}

void
add_pay_policy(struct request *request, const struct provider_page *page, const char *script_url, const char *nonce)
{
	static const struct provider_page nobody = { .opener_policy = popups };
	struct arena                     *arena = request->work->arena;
	struct text                       policy = text_new(arena, 1024);
	const char                       *origin = script_url == NULL ? NULL : url_origin(arena, script_url), *stand_in;

	stand_in = page != NULL && !is_listed(page->script, origin) ? origin : NULL;
	if (page == NULL)
		page = &nobody;
	TEXT_ADD(&policy, "default-src 'none'");
	add_directive(&policy, "script-src", page->script, stand_in);
	if (nonce != NULL)
		text_addf(&policy, " 'nonce-%s'", nonce);
	add_directive(&policy, "style-src", page->style, stand_in);
	add_directive(&policy, "img-src", page->image, stand_in);
	TEXT_ADD(&policy, " data:");
	add_directive(&policy, "connect-src", page->connect, stand_in);
	if (page != &nobody)
		add_directive(&policy, "frame-src", page->frame, stand_in);
	/* Scripts of providers send forms to banks; our own stay here, and another page leads on. */
	text_addf(&policy, "; form-action 'self'%s; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
	    page != &nobody ? " https:" : "");
	add_headers(request, policy.bytes, page->opener_policy, "same-origin");
}

/* The captcha draws itself with styles of its own (Google's documentation of reCAPTCHA, "Content Security Policy"). */
void
add_phone_policy(struct request *request)
{
	struct arena        *arena = request->work->arena;
	const struct config *config = request->work->config;
	const char          *captcha = arena_format(arena, "%s/", config->auth.firebase.captcha_url);
	const char *const    scripts[] = { captcha, "https://www.gstatic.com/recaptcha/", NULL };
	const char *const    frames[] = { captcha, "https://recaptcha.google.com/recaptcha/", NULL };
	const char *const    calls[] = { url_origin(arena, config->auth.firebase.identity_url), captcha, NULL };
	const char *const    styles[] = { "'unsafe-inline'", NULL };
	struct text          policy = text_new(arena, 1024);

	TEXT_ADD(&policy, "default-src 'none'");
	add_directive(&policy, "script-src", scripts, NULL);
	add_directive(&policy, "style-src", styles, NULL);
	add_directive(&policy, "img-src", scripts, NULL);
	TEXT_ADD(&policy, " data:");
	add_directive(&policy, "connect-src", calls, NULL);
	add_directive(&policy, "frame-src", frames, NULL);
	TEXT_ADD(&policy, "; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'");
	add_headers(request, policy.bytes, popups, "same-origin");
}

void
add_document_policy(struct request *request)
{
	respond_header(request, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
	respond_header(request, "Cross-Origin-Opener-Policy", "same-origin");
	respond_header(request, "Referrer-Policy", "same-origin");
	respond_header(request, "Cache-Control", "private, no-store");
}
