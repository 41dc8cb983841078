/* haatctl config: check and print the configuration. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"

static int
run_check(struct control *control, int count, char **arguments)
{
	struct config config;
	struct text   faults = text_new(control->arena, 1000);

	(void)count, (void)arguments;
	if (!config_load(control->config_path, control->arena, &config, &faults)) {
		fputs(faults.bytes, stderr);
		return COMMAND_FINDING;
	}
	puts("the configuration is valid");
	return COMMAND_OK;
}

static int
run_get(struct control *control, int count, char **arguments)
{
	const char *value = config_get(control->config, arguments[0], control->arena);

	(void)count;
	if (value == NULL)
		return command_misused("unknown key '%s': see 'haatctl config show'", arguments[0]);
	puts(value);
	return COMMAND_OK;
}

static void
print_setting(const char *key, const char *value, bool secret, void *argument)
{
	(void)argument;
	printf("%s = %s\n", key, secret && value[0] != '\0' ? "(secret)" : value);
}

static int
run_show(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	config_each(control->config, control->arena, print_setting, NULL);
	return COMMAND_OK;
}

static int
run_document(struct control *control, int count, char **arguments)
{
	struct text document = text_new(control->arena, 32768);

	(void)count, (void)arguments;
	config_document(&document);
	fputs(document.bytes, stdout);
	return COMMAND_OK;
}

const struct command config_commands[] = {
	{ "config check", "", "check the configuration; exits with 1 when it is not valid", 0, 0, true, run_check },
	{ "config get", "KEY", "print the value of a key, also of a secret; the first of a list", 1, 1, false, run_get },
	{ "config show", "", "print the values of all keys, without secrets", 0, 0, false, run_show },
	{ "config document", "", "print the annotated file with every key and its default", 0, 0, true, run_document },
	{ NULL },
};
