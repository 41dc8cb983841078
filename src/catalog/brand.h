/*
 * brand.h: brands between the files of this folder.
 */
#ifndef BRAND_H
#define BRAND_H

#include "catalog/catalog.h"
#include "http/page.h"

extern const struct shape brand_shape, brand_create_shape, brand_change_shape, brand_query_shape, brand_page_shape;

const struct problem *list_brands(struct request *request);
const struct problem *show_brand(struct request *request);
const struct problem *create_brand(struct request *request);
const struct problem *change_brand(struct request *request);
const struct problem *delete_brand(struct request *request);

#endif
