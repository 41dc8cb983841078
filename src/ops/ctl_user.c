/* haatctl user: create accounts, grant and revoke permissions. */
#include "ops/command.h"

#include "accounts/accounts.h"
#include "accounts/mailbox.h"
#include "accounts/password.h"
#include "accounts/staff.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { PASSWORD_ROOM = 512, GENERATED_BYTES = 18, NAME_CHARACTERS_MAX = 150 };

/* The first line of the file, "-" being standard input; false, with a message, when there is none. */
static bool
read_password(struct control *control, const char *path, const char **password)
{
	bool  standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "re");
	char  line[PASSWORD_ROOM] = "";
	bool  read = file != NULL && fgets(line, sizeof line, file) != NULL;

	if (!read)
		command_cannot("cannot read a password from '%s': %s", path, file == NULL ? strerror(errno) : "it is empty");
	if (file != NULL && !standard)
		fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	*password = arena_string(control->arena, line);
	arena_scrub(control->arena, (void *)*password, strlen(*password));
	return read;
}

/* Draws random ones until one passes the rules, which about every second does. */
static const struct problem *
generate_password(struct control *control, const struct new_user *user, const char **password)
{
	struct faults faults;

	do {
		unsigned char bytes[GENERATED_BYTES];

		random_bytes(bytes, sizeof bytes);
		*password = base64url_encode(control->arena, bytes, sizeof bytes);
		faults.count = 0;
		TRY(password_rules(control->work, "password", *password, user->email, user->full_name, &faults));
	} while (faults.count > 0);
	return OK;
}

static int
create_user(struct control *control, int count, char **arguments)
{
	int             role = value_index(role_values, arguments[1]);
	struct new_user new_user = {
		.email = arguments[0], .full_name = arguments[2], .role = (enum role)role, .email_verified = true
	};
	const struct problem *problem = OK;
	struct user          *user;

	if (format_fault(FORMAT_EMAIL, new_user.email) != NULL)
		return command_misused("'%s' is not an e-mail address", new_user.email);
	if (role < 0 || role == ROLE_SHOPKEEPER)
		return command_misused(
		    "'%s' is not one of these roles: customer, account_manager, warehouse, accountant, admin", arguments[1]);
	if (!utf8_valid(new_user.full_name, strlen(new_user.full_name)) || text_is_blank(new_user.full_name) ||
	    utf8_length(new_user.full_name) > NAME_CHARACTERS_MAX)
		return command_misused("the name must have 1 to %d characters of UTF-8", NAME_CHARACTERS_MAX);
	if (count > 3 && !read_password(control, arguments[3], &new_user.password))
		return COMMAND_CANNOT;
	if (count == 3)
		problem = generate_password(control, &new_user, &new_user.password);
	if (problem == OK)
		problem = register_account(control->work, &new_user, NULL, &user, NULL);
	if (problem != OK)
		return command_problem(problem);
	printf("%s %s is %s\n", uuid_text(control->arena, user->id.uuid), user->email, role_values[user->role]);
	if (count == 3)
		printf("password: %s\n", new_user.password);
	return COMMAND_OK;
}

static const struct problem *
set_role(struct control *control, const char *email, int role)
{
	struct user_change change = { .role = &role };
	struct staff_user  changed;
	struct user       *user;

	TRY(read_user_by_email(control->work, email, &user));
	return update_user(control->work, user->id, &change, &changed);
}

/* A permission has a colon, a role has none. */
static int
grant(struct control *control, int count, char **arguments)
{
	uint64_t              permission = permission_by_name(arguments[1]);
	int                   role = value_index(role_values, arguments[1]);
	const struct problem *problem;

	(void)count;
	if (permission == 0 && role < 0)
		return command_misused("'%s' is neither a permission nor a role", arguments[1]);
	problem = permission != 0 ? db_transaction(control->work, grant_permission(control->work, arguments[0], permission))
				  : db_transaction(control->work, set_role(control, arguments[0], role));
	if (problem != OK)
		return command_problem(problem);
	printf("%s has %s\n", arguments[0], arguments[1]);
	return COMMAND_OK;
}

static int
revoke(struct control *control, int count, char **arguments)
{
	uint64_t              permission = permission_by_name(arguments[1]);
	const struct problem *problem;

	(void)count;
	if (permission == 0)
		return command_misused("'%s' is not a permission", arguments[1]);
	problem = db_transaction(control->work, revoke_permission(control->work, arguments[0], permission));
	if (problem != OK)
		return command_problem(problem);
	printf("%s no longer has %s, except by their role\n", arguments[0], arguments[1]);
	return COMMAND_OK;
}

static const struct problem *
set_status(struct control *control, const char *email, int status)
{
	struct user_change change = { .status = &status };
	struct staff_user  changed;
	struct user       *user;

	TRY(read_user_by_email(control->work, email, &user));
	return update_user(control->work, user->id, &change, &changed);
}

static int
change_status(struct control *control, const char *email, enum user_status status)
{
	const struct problem *problem = db_transaction(control->work, set_status(control, email, (int)status));

	if (problem != OK)
		return command_problem(problem);
	printf("%s is %s\n", email, user_status_values[status]);
	return COMMAND_OK;
}

static int
enable(struct control *control, int count, char **arguments)
{
	(void)count;
	return change_status(control, arguments[0], USER_ACTIVE);
}

static int
disable(struct control *control, int count, char **arguments)
{
	(void)count;
	return change_status(control, arguments[0], USER_DISABLED);
}

static int
verify(struct control *control, int count, char **arguments)
{
	const struct problem *problem = db_transaction(control->work, vouch_for_email(control->work, arguments[0]));

	(void)count;
	if (problem != OK)
		return command_problem(problem);
	printf("%s is verified\n", arguments[0]);
	return COMMAND_OK;
}

static const struct problem *
remove_factor_by_email(struct control *control, const char *email)
{
	struct user *user;

	TRY(read_user_by_email(control->work, email, &user));
	return remove_lost_factor(control->work, user->id);
}

static int
remove_totp(struct control *control, int count, char **arguments)
{
	const struct problem *problem = db_transaction(control->work, remove_factor_by_email(control, arguments[0]));

	(void)count;
	if (problem != OK)
		return command_problem(problem);
	printf("%s signs in without a second factor\n", arguments[0]);
	return COMMAND_OK;
}

const struct command user_commands[] = {
	{ "user create", "EMAIL ROLE NAME [PASSWORD_FILE | -]",
	    "create an account; without a file a password is generated and printed", 3, 4, false, create_user },
	{ "user grant", "EMAIL PERMISSION | ROLE", "grant an additional permission, or change the role", 2, 2, false, grant },
	{ "user revoke", "EMAIL PERMISSION", "revoke an additional permission", 2, 2, false, revoke },
	{ "user enable", "EMAIL", "enable a disabled account; its shop stays suspended", 1, 1, false, enable },
	{ "user verify", "EMAIL", "vouch for an account's e-mail address, which staff and payouts need verified", 1, 1, false,
	    verify },
	{ "user remove-totp", "EMAIL", "remove the second factor of somebody who has lost it", 1, 1, false, remove_totp },
	{ "user disable", "EMAIL", "disable an account, end its sessions and suspend its shop", 1, 1, false, disable },
	{ 0 },
};
