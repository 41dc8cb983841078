#include "pages/country_choice.h"

#include "base/arena.h"
#include "base/locale.h"
#include "pages/site.h"

#include <string.h>

static const struct member country_choice_members[] = {
	M_TEXT(struct country_choice, code, "code", 2, .format = FORMAT_COUNTRY),
	M_BOOLEAN(struct country_choice, is_chosen, "is_chosen"),
};
SHAPE_SHARED(struct country_choice, country_choice_shape, "CountryChoice", country_choice_members);

void
offer_countries(const struct request *request, const struct form_field *field, struct country_choice **choices, size_t *n_choices)
{
	const struct locale   *locale = site_locale(request);
	struct arena          *arena = request->work->arena;
	struct country_choice *all = ARENA_ARRAY(arena, COUNTRIES_MAX, struct country_choice);
	size_t                 count = 0;
	char                   code[3];

	for (; locale_country_next(locale, count, code); count++)
		all[count] = (struct country_choice) { .code = arena_string(arena, code),
			.is_chosen = field->value != NULL && strcmp(field->value, code) == 0 };
	*choices = all;
	*n_choices = count;
}
