/*
 * pdf.h: a text as a PDF document: A4 pages in a typewriter's letters, broken between words.
 *
 * The letters are those of the fonts that every reader has: Latin-1, and typographic quotes, dashes and the euro; "₹" is written "Rs.".
 */
#ifndef PDF_H
#define PDF_H

#include "base/text.h"

/* Appends the document of a valid UTF-8 text; false when it has other letters, or far too many lines. */
bool pdf_add(struct text *pdf, const char *text);

#endif
