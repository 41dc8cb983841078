/* What bKash's codes are to us. */
#include "base/money.h"
#include "payments/providers/bkash_call.h"

static const struct {
	int first, last;
	enum code_class class;
} codes[] = {
	{ 0, 0, CODE_OK },
	{ 503, 503, CODE_UNCLEAR },
	{ 2001, 2001, CODE_OURS },
	{ 2002, 2002, CODE_LOST },
	{ 2003, 2003, CODE_UNCLEAR },
	{ 2004, 2006, CODE_AMOUNT },
	{ 2007, 2008, CODE_REQUEST },
	{ 2009, 2009, CODE_DECLINED },
	{ 2014, 2019, CODE_DECLINED },
	{ 2020, 2020, CODE_UNCLEAR },
	{ 2023, 2023, CODE_DECLINED },
	{ 2024, 2024, CODE_UNCLEAR },
	{ 2026, 2026, CODE_REFUND },
	{ 2029, 2029, CODE_DECLINED },
	{ 2031, 2031, CODE_REQUEST },
	{ 2033, 2033, CODE_LOST },
	{ 2034, 2034, CODE_REFUND },
	{ 2037, 2041, CODE_DECLINED },
	{ 2048, 2049, CODE_OURS },
	{ 2054, 2054, CODE_STATE },
	{ 2056, 2056, CODE_STATE },
	{ 2057, 2058, CODE_DECLINED },
	{ 2060, 2060, CODE_STATE },
	{ 2062, 2062, CODE_STATE },
	{ 2063, 2063, CODE_REQUEST },
	{ 2064, 2064, CODE_OURS },
	{ 2065, 2065, CODE_REQUEST },
	{ 2068, 2068, CODE_STATE },
	{ 2069, 2069, CODE_CANCELLED },
	{ 2071, 2082, CODE_REFUND },
	{ 2117, 2117, CODE_STATE },
};

/* What is not in the list may have been done all the same. */
enum code_class
bkash_class_of(const char *code)
{
	struct decimal number;

	if (code != NULL && strspn(code, "0") == strlen(code))
		return CODE_OK;
	if (code == NULL || !decimal_parse(code, strlen(code), &number) || number.scale != 0)
		return CODE_UNCLEAR;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (number.digits >= codes[i].first && number.digits <= codes[i].last)
			return codes[i].class;
	return CODE_UNCLEAR;
}
