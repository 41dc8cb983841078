/* The templates of letters: all that there are are right, and what is wrong is told before anybody is written to. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "notify/letter.h"
#include "notify/letter_words.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena *arena;
static struct config config;
static const char   *own; /* the shop's own templates */

static void
begin(void)
{
	char directory[] = "/tmp/haat-letters-XXXXXX";

	if (arena == NULL)
		arena = arena_new(64 << 20);
	REQUIRE(mkdtemp(directory) != NULL);
	own = arena_string(arena, directory);
	config = (struct config) { .mail = { .templates = arena_format(
						 arena, "%s/conf/mail", getenv("srcdir") == NULL ? "." : getenv("srcdir")),
				       .own_templates = own } };
}

static void
end(void)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", own, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static void
write_own(const char *language, const char *name, const char *content)
{
	FILE *file;

	mkdir(arena_format(arena, "%s/%s", own, language), 0700);
	file = fopen(arena_format(arena, "%s/%s/%s", own, language, name), "we");
	REQUIRE(file != NULL);
	fputs(content, file);
	fclose(file);
}

/* What is wrong; "" when nothing is. */
static const char *
faults(void)
{
	struct text said = text_new(arena, 200);
	bool        right = letter_words_load(arena, &config, &said);

	CHECK_INT(right, said.length == 0);
	return said.bytes;
}

static struct letter_words
printed(const struct letter *letter, const char *language)
{
	/* Larger than any letter's members, of which all are absent but these. */
	union {
		struct letter_head head;
		char               room[1000];
	} members = { .head = { "Amina & Sons", "haat", "https://shop.example" } };
	struct letter_words words;

	REQUIRE(letter->shape->size <= sizeof members);
	letter_words_print(arena, letter, language, &members, &words);
	return words;
}

static void
every_letter_is_there(void)
{
	begin();
	CHECK_TEXT(faults(), "");
	for (const struct letter *const *letter = letters; *letter != NULL; letter++) {
		struct letter_words words = printed(*letter, "en");

		CHECK_TEXT(words.language, "en");
		CHECK(*words.subject != '\0' && strchr(words.subject, '\n') == NULL);
		CHECK(strstr(words.text, "Dear Amina & Sons,\n") != NULL && strstr(words.text, "https://shop.example") != NULL);
		CHECK(strstr(words.html, "Dear Amina &amp; Sons,") != NULL && strstr(words.html, "</html>") != NULL);
		CHECK(letter_named((*letter)->name) == *letter);
		/* One name, one letter. */
		for (const struct letter *const *other = letters; other < letter; other++)
			CHECK(strcmp((*other)->name, (*letter)->name) != 0);
	}
	CHECK(letter_named("nothing") == NULL);
	end();
}

/* A shop's own text takes the place of ours, one by one; another language has the letters that it has. */
static void
own_templates_and_languages(void)
{
	const struct letter *letter = &merchant_active_letter;

	begin();
	write_own("en", "merchant-active.subject.txt", "Welcome, {{reader}}\nand nothing of this\n");
	write_own("en", "merchant-active.html", "{{> head}}<p>Mine</p>{{> foot}}\n");
	write_own("en", "foot.html", "<p>My own foot</p>\n</body>\n</html>\n");
	write_own("pt", "merchant-active.subject.txt", "Bem-vindo\n");
	write_own("pt", "merchant-active.txt", "Olá {{reader}}\n");
	write_own("pt", "merchant-active.html", "<p>Olá {{reader}}</p>\n");
	write_own("not_a_language", "x", "");
	CHECK_TEXT(faults(), "");
	CHECK_TEXT(printed(letter, "en").subject, "Welcome, Amina & Sons");
	CHECK(strstr(printed(letter, "en").text, "We have verified your shop") != NULL);
	CHECK(strstr(printed(letter, "en").html, "<!DOCTYPE html>") != NULL);
	CHECK(strstr(printed(letter, "en").html, "<p>Mine</p><p>My own foot</p>") != NULL);
	CHECK(strstr(printed(&payout_paid_letter, "en").html, "<p>My own foot</p>") != NULL);
	CHECK_TEXT(printed(letter, "pt").subject, "Bem-vindo");
	CHECK_TEXT(printed(letter, "pt-BR").text, "Olá Amina & Sons\n");
	CHECK_TEXT(printed(letter, "pt-BR").language, "pt");
	CHECK_TEXT(printed(letter, "fr").language, "en");
	CHECK_TEXT(printed(&payout_paid_letter, "pt-BR").language, "en");
	end();
}

static void
what_is_wrong_is_told(void)
{
	begin();
	CHECK_TEXT(faults(), "");
	write_own("en", "merchant-active.txt", "Dear {{password}}\n");
	CHECK_TEXT(faults(),
	    "mail templates: template 'en/merchant-active.txt' line 1: '{{password}}': MerchantActive has no member 'password'\n");
	/* Those that were right are still used. */
	CHECK(strstr(printed(&merchant_active_letter, "en").text, "We have verified your shop") != NULL);
	write_own("en", "merchant-active.txt", "Hello\n");
	write_own("en", "merchant-active.html", "<p title={{reader}}>Hello</p>\n");
	CHECK(strstr(faults(), "template 'en/merchant-active.html' line 1: ") != NULL);
	write_own("en", "merchant-active.html", "<p>Hello</p>\n");
	write_own("pt", "payout-paid.txt", "Pago\n");
	CHECK_TEXT(faults(),
	    "mail templates: 'pt/payout-paid.subject.txt' is missing\nmail templates: 'pt/payout-paid.html' is missing\n");
	config.mail.templates = arena_format(arena, "%s/nowhere", own);
	CHECK(strstr(faults(), "mail templates: cannot open '") != NULL);
	end();
}

SUITE("letters", TEST(every_letter_is_there), TEST(own_templates_and_languages), TEST(what_is_wrong_is_told))
