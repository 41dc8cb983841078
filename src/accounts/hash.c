/* bcrypt by libxcrypt (crypt(5)). */
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "store/work.h"

#include <assert.h>
#include <crypt.h>
#include <string.h>

enum { SALT_BYTES = 16 };

/* The buffer of crypt holds the password, so it is wiped with the arena. */
static const char *
run_crypt(struct work *work, const char *password, const char *setting)
{
	struct crypt_data *data = ARENA_NEW(work->arena, struct crypt_data);
	const char        *hash;

	arena_scrub(work->arena, data, sizeof *data);
	hash = crypt_rn(password, setting, data, sizeof *data);
	return hash == NULL ? NULL : arena_string(work->arena, hash);
}

/* "$2b$12$" and a salt. */
static const char *
make_setting(struct work *work)
{
	char  salt[SALT_BYTES], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	char *made;

	random_bytes(salt, sizeof salt);
	made =
	    crypt_gensalt_rn("$2b$", (unsigned long)work->config->auth.bcrypt_cost, salt, sizeof salt, setting, sizeof setting);
	assert(made != NULL);
	return arena_string(work->arena, setting);
}

const char *
password_hash(struct work *work, const char *password)
{
	const char *hash = run_crypt(work, password, make_setting(work));

	assert(hash != NULL);
	return hash;
}

/*
 * bcrypt leaves out what stands behind byte 72, so a longer text would pass for the password that it begins with.  Every
 * refusal costs one hash, that of a hash that cannot be read, too.
 */
bool
password_verify(struct work *work, const char *password, const char *hash)
{
	const char *computed = hash == NULL ? NULL : run_crypt(work, password, hash);

	if (computed == NULL)
		run_crypt(work, password, make_setting(work));
	if (computed == NULL || strlen(computed) != strlen(hash))
		return false;
	return equal_constant_time(computed, hash, strlen(hash)) && strlen(password) <= PASSWORD_BYTES_MAX;
}
