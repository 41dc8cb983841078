/*
 * country.h: which country codes there are, for addresses and for the tables of shipping and tax.
 */
#ifndef COUNTRY_H
#define COUNTRY_H

#include <stdbool.h>

/* Is the text a code of ISO 3166-1 alpha-2, in upper case?  ("GB" is, "UK" is not.) */
bool country_known(const char *code);

#endif
