#include "tests/races/crowd.h"

#include <string.h>

const struct crowd *
crowd(void)
{
	static struct crowd everybody;

	if (everybody.addresses[CROWD_PEOPLE - 1] != NULL)
		return &everybody;
	for (size_t i = 0; i < CROWD_PEOPLE; i++) {
		everybody.people[i] = person_new("customer");
		everybody.addresses[i] = address_new(&everybody.people[i]);
	}
	return &everybody;
}

const struct person *
crowd_seller(void)
{
	static struct person seller;

	if (seller.id == NULL)
		seller = person_new("shopkeeper");
	return &seller;
}

struct call
order_call(size_t i, const char *first, int first_quantity, const char *second, int second_quantity)
{
	const struct crowd *all = crowd();
	const char *more = second == NULL ? "" : form(", {\"variant_id\": \"%s\", \"quantity\": %d}", second, second_quantity);

	i %= CROWD_PEOPLE;
	return (struct call) { "POST", "/orders", all->people[i].access,
		form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		     "\"quantity\": %d}%s]}",
		    all->addresses[i], first, first_quantity, more),
		NULL };
}

size_t
count_status(const struct answer *answers, size_t count, int status)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += answers[i].status == status;
	return found;
}

size_t
count_saying(const struct answer *answers, size_t count, int status, const char *member, const char *word)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const char *got = text_at(&answers[i], member);

		found += answers[i].status == status && got != NULL && strcmp(got, word) == 0;
	}
	return found;
}

int64_t
stock_of(const char *column, const char *variant)
{
	return sql_number("SELECT %s FROM inventory WHERE variant_id = '%s'", column, variant);
}
