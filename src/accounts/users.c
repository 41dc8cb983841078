/* Users by id and by e-mail address. */
#include "accounts/accounts.h"

#include "base/arena.h"
#include "store/db.h"

#include <string.h>

const struct problem *
read_user(struct work *work, struct user_id id, struct user **user)
{
	return db_one(work->db, &user_shape, user, "SELECT {} FROM users WHERE id = ?", P(id));
}

const char *const *
user_modules(struct arena *arena, const struct user *user, size_t *n)
{
	const char **names = ARENA_ARRAY(arena, MODULES_MAX, const char *);

	*n = 0;
	for (const char *at = user->modules; *at != '\0' && *n < MODULES_MAX; at += *at == ',') {
		size_t length = strcspn(at, ",");

		names[(*n)++] = arena_copy(arena, at, length);
		at += length;
	}
	return names;
}

const char *
normal_email(struct arena *arena, const char *email)
{
	size_t length;
	char  *copy, *at;

	email += strspn(email, " \t\r\n");
	for (length = strlen(email); length > 0 && strchr(" \t\r\n", email[length - 1]) != NULL; length--)
		;
	copy = arena_copy(arena, email, length);
	at = strrchr(copy, '@');
	for (; at != NULL && *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return copy;
}

const struct problem *
read_user_by_email(struct work *work, const char *email, struct user **user)
{
	return db_one(work->db, &user_shape, user, "SELECT {} FROM users WHERE email = ? AND status <> 'deleted'",
	    P(normal_email(work->arena, email)));
}
