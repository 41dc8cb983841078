/* bcrypt by libxcrypt (crypt(5)), and the hashes that shops bring along from Django and Node. */
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "store/work.h"

#include <assert.h>
#include <crypt.h>
#include <openssl/evp.h>
#include <string.h>

enum {
	SALT_BYTES = 16,
	DIGEST = 32,
	/* What a worker may spend on one stored hash: some seconds.  Django's default is 1,200,000. */
	ITERATIONS_MAX = 5000000,
	FOREIGN_COST_MAX = 15,
	DIGITS_MAX = 7
};

/* What Django writes before the parts of its hashes. */
static const char pbkdf2_prefix[] = "pbkdf2_sha256$", bcrypt_prefix[] = "bcrypt$", bcrypt_sha256_prefix[] = "bcrypt_sha256$";

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

/* "$2a$", "$2b$" or "$2y$", a cost of two digits, "$" and 53 characters: its cost, or 0. */
static int
bcrypt_cost(const char *hash)
{
	static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	int               cost;

	if (strncmp(hash, "$2", 2) != 0 || hash[2] == '\0' || strchr("aby", hash[2]) == NULL || hash[3] != '$' ||
	    strspn(hash + 4, "0123456789") != 2 || hash[6] != '$' || strlen(hash) != 60 || strspn(hash + 7, alphabet) != 53)
		return 0;
	cost = (hash[4] - '0') * 10 + hash[5] - '0';
	return cost >= 4 && cost <= 31 ? cost : 0;
}

/* "1200000$SALT$BASE64" behind the prefix of PBKDF2. */
struct pbkdf2 {
	int         iterations;
	const char *salt, *digest;
	size_t      salt_length;
};

static bool
read_pbkdf2(const char *text, struct pbkdf2 *into)
{
	size_t digits = strspn(text, "0123456789");

	*into = (struct pbkdf2) { 0 };
	if (digits == 0 || digits > DIGITS_MAX || text[digits] != '$')
		return false;
	for (size_t i = 0; i < digits; i++)
		into->iterations = into->iterations * 10 + text[i] - '0';
	into->salt = text + digits + 1;
	into->salt_length = strcspn(into->salt, "$");
	into->digest = into->salt + into->salt_length + 1;
	return into->iterations > 0 && into->iterations <= ITERATIONS_MAX && into->salt_length > 0 &&
	    into->salt[into->salt_length] == '$' && strlen(into->digest) == 44;
}

static const char *
after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool
password_hash_known(const char *hash, int64_t own_cost)
{
	const char   *rest;
	struct pbkdf2 parts;
	int64_t       cost_max = own_cost > FOREIGN_COST_MAX ? own_cost : FOREIGN_COST_MAX;

	if ((rest = after(hash, pbkdf2_prefix)) != NULL)
		return read_pbkdf2(rest, &parts);
	if ((rest = after(hash, bcrypt_prefix)) != NULL || (rest = after(hash, bcrypt_sha256_prefix)) != NULL)
		hash = rest;
	return bcrypt_cost(hash) > 0 && bcrypt_cost(hash) <= cost_max;
}

bool
password_hash_outdated(const struct work *work, const char *password, const char *hash)
{
	return strlen(password) <= PASSWORD_BYTES_MAX &&
	    (strncmp(hash, "$2b$", 4) != 0 || bcrypt_cost(hash) < work->config->auth.bcrypt_cost);
}

static bool
is_pbkdf2_of(struct work *work, const char *password, const char *rest)
{
	struct pbkdf2  parts;
	unsigned char *digest = arena_alloc(work->arena, DIGEST);

	if (!read_pbkdf2(rest, &parts) ||
	    PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)parts.salt, (int)parts.salt_length,
		parts.iterations, EVP_sha256(), DIGEST, digest) != 1)
		return false;
	return equal_constant_time(base64_encode(work->arena, digest, DIGEST), parts.digest, strlen(parts.digest));
}

/* bcrypt leaves out what stands behind byte 72, so a longer text would pass for the password that it begins with. */
static bool
is_bcrypt_of(struct work *work, const char *password, const char *hash)
{
	const char *computed = run_crypt(work, password, hash);

	if (computed == NULL || strlen(computed) != strlen(hash))
		return false;
	return equal_constant_time(computed, hash, strlen(hash)) && strlen(password) <= PASSWORD_BYTES_MAX;
}

/* Django hashes the password's SHA-256 in hexadecimal, so that nothing of it is left out. */
static bool
is_bcrypt_sha256_of(struct work *work, const char *password, const char *hash)
{
	unsigned char digest[DIGEST];

	sha256(password, strlen(password), digest);
	return is_bcrypt_of(work, hex_encode(work->arena, digest, sizeof digest), hash);
}

/* Every refusal costs one hash, that of a hash that cannot be read or would take too long, too. */
bool
password_verify(struct work *work, const char *password, const char *hash)
{
	const char *rest;

	if (hash == NULL || !password_hash_known(hash, work->config->auth.bcrypt_cost)) {
		run_crypt(work, password, make_setting(work));
		return false;
	}
	if ((rest = after(hash, pbkdf2_prefix)) != NULL)
		return is_pbkdf2_of(work, password, rest);
	if ((rest = after(hash, bcrypt_sha256_prefix)) != NULL)
		return is_bcrypt_sha256_of(work, password, rest);
	return is_bcrypt_of(work, password, (rest = after(hash, bcrypt_prefix)) != NULL ? rest : hash);
}
