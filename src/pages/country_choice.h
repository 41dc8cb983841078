/* country_choice.h: what a field for a country chooses from.  For the files of this folder. */
#ifndef PAGES_COUNTRY_CHOICE_H
#define PAGES_COUNTRY_CHOICE_H

#include "pages/form_view.h"

enum { COUNTRIES_MAX = 26 * 26 };

struct country_choice {
	const char *code; /* of ISO 3166-1 */
	bool        is_chosen;
};
SHAPE_DECLARE(struct country_choice, country_choice_shape);

/* All countries in the order of the page's language, in the request's arena; what stands in the field is chosen. */
void offer_countries(
    const struct request *request, const struct form_field *field, struct country_choice **choices, size_t *n_choices);

#endif
