#include "base/providers.h"

#include <stddef.h>

const char *const provider_names[PROVIDER__COUNT + 1] = {
#define PROVIDER_NAME_(NUMBER, name) [PROVIDER_##NUMBER] = #name,
	PROVIDERS(PROVIDER_NAME_)
#undef PROVIDER_NAME_
};
