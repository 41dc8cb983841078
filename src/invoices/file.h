/*
 * file.h: the PDF of a set of invoices.
 *
 * It is made by a job, in a program of its own (haat-pdf) whose memory and time are bounded: what sets type reads fonts, and no worker
 * that answers or pays shall.  It is kept for some days, by a digest of the set, and made again when it is wanted later.
 */
#ifndef INVOICES_FILE_H
#define INVOICES_FILE_H

#include "invoices/invoice.h"

/* The PDF of the set, or pdf->bytes NULL: it is being made now, or will be.  May write; runs in its own transaction. */
const struct problem *find_invoice_file(struct work *work, const struct invoice_set *set, struct bytes *pdf);

/* The job that makes one. */
const struct problem *print_invoices_job(struct work *work, const struct job *job);

/* Forget PDFs that were asked for before that, at most a thousand; *removed of them. */
const struct problem *forget_invoice_files(struct work *work, struct instant before, int64_t *removed);

#endif
