/* The rules of a password. */
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "store/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

enum { LINE_MAX_BYTES = 256, PART_BYTES_MIN = 3, ALIKE_PERCENT = 70 };

struct classes {
	size_t characters;
	bool   upper, lower, digit, special, other_than_digits;
};

static struct classes
classify(const char *password)
{
	struct classes has = { 0 };
	const uint8_t *at = (const uint8_t *)password;
	ucs4_t         c;

	while ((at = u8_next(&c, at)) != NULL) {
		has.characters++;
		if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Nd))
			has.digit = true;
		else
			has.other_than_digits = true;
		if (uc_is_property_uppercase(c))
			has.upper = true;
		else if (uc_is_property_lowercase(c))
			has.lower = true;
		else if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N))
			has.special = true;
	}
	return has;
}

/* In lower case, to be compared. */
static const char *
folded(struct arena *arena, const char *text)
{
	size_t      length;
	uint8_t    *lower = u8_tolower((const uint8_t *)text, strlen(text), NULL, NULL, NULL, &length);
	const char *copy = lower == NULL ? arena_string(arena, text) : arena_copy(arena, lower, length);

	free(lower);
	return copy;
}

/*
 * Two texts are alike when their longest common subsequence, counted for both, is at least 70 % of their lengths
 * together.
 */
static bool
are_alike(struct arena *arena, const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t *row = ARENA_ARRAY(arena, b_length + 1, size_t);

	for (size_t i = 0; i < a_length; i++) {
		size_t diagonal = 0;

		for (size_t j = 0; j < b_length; j++) {
			size_t above = row[j + 1];

			if (a[i] == b[j])
				row[j + 1] = diagonal + 1;
			else if (row[j] > above)
				row[j + 1] = row[j];
			diagonal = above;
		}
	}
	return 200 * row[b_length] >= ALIKE_PERCENT * (a_length + b_length);
}

/* Compares with the whole attribute, its part before an '@', and its words. */
static bool
is_like(struct arena *arena, const char *password, const char *attribute)
{
	static const char between[] = " .,-_+@'";
	const char       *text = folded(arena, attribute), *lower = folded(arena, password);
	size_t            length = strlen(lower);

	if (are_alike(arena, lower, length, text, strlen(text)) || are_alike(arena, lower, length, text, strcspn(text, "@")))
		return true;
	while (*text != '\0') {
		size_t part = strcspn(text, between);

		if (part >= PART_BYTES_MIN && are_alike(arena, lower, length, text, part))
			return true;
		text += part;
		text += strspn(text, between);
	}
	return false;
}

/* The list has one password a line, in lower case; lines that begin with '#' are comments. */
static const struct problem *
is_common(struct work *work, const char *password, bool *found)
{
	const char *path = work->config->auth.common_passwords, *lower = folded(work->arena, password);
	char        line[LINE_MAX_BYTES];
	FILE       *file = fopen(path, "re");

	*found = false;
	if (file == NULL) {
		log_error("cannot read the list of common passwords", LOG_ID("path", path), LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "internal error");
	}
	while (!*found && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		*found = line[0] != '#' && strcmp(line, lower) == 0;
	}
	fclose(file);
	return OK;
}

const struct problem *
password_rules(
    struct work *work, const char *where, const char *password, const char *email, const char *full_name, struct faults *faults)
{
	struct classes has = classify(password);
	bool           common;

#define RULE(broken, fault) \
	do { \
		if (broken) \
			faults_add(faults, where, fault); \
	} while (0)
	RULE(has.characters < PASSWORD_CHARACTERS_MIN, "must be at least 8 characters");
	RULE(strlen(password) > PASSWORD_BYTES_MAX, "must be at most 72 bytes, which is all that bcrypt reads");
	RULE(!has.upper, "must have an upper-case letter");
	RULE(!has.lower, "must have a lower-case letter");
	RULE(!has.digit, "must have a digit");
	RULE(!has.special, "must have a character that is neither letter nor digit");
	RULE(!has.other_than_digits, "must not be only digits");
	TRY(is_common(work, password, &common));
	RULE(common, "is a common password");
	if (strlen(password) <= PASSWORD_BYTES_MAX) {
		RULE(is_like(work->arena, password, email), "is too similar to the e-mail address");
		RULE(is_like(work->arena, password, full_name), "is too similar to the name");
	}
#undef RULE
	return OK;
}

const struct problem *
hash_new_password(struct work *work, const char *password, const char *email, const char *full_name, const char **hash)
{
	struct faults faults = { .count = 0 };

	TRY(password_rules(work, "password", password, email, full_name, &faults));
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the password is too weak; see details", &faults);
	*hash = password_hash(work, password);
	return OK;
}
