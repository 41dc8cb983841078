/*
 * shape.h: one description of a struct, used seven ways.
 *
 * A shape lists the members of a C struct with their JSON names, bounds and meaning.  From it come
 *   shape_parse        JSON body    -> struct   (strict; every fault of the body is reported, not only the first)
 *   shape_parse_query  query string -> struct   (the same rules for text that came in a URL)
 *   shape_merge        body         -> body     (a PATCH laid over the object as it stands)
 *   shape_print        struct       -> JSON     (streamed into one buffer)
 *   shape_check        JSON answer  -> faults   (in tests: does an answer keep its own promises?)
 *   shape_schema       shape        -> OpenAPI 3.1 schema object, and shape_example an example of it
 *   result rows        row          -> struct   (store/db.h binds columns to members by name)
 * so none of these can disagree.  Shapes are constant data; nothing here allocates but from the arena it is handed.
 *
 * Absence.  A body's text is NULL when absent, an array has count 0; a scalar or object that may be absent is a pointer
 * in the struct (`int64_t *quantity`), NULL when absent, and the same row macro takes both: the type of the field
 * decides.  A body that must tell "absent" from "null" ends its struct with a `struct shape_seen` and names it in its
 * shape: `.seen_offset = SEEN(struct brand_body, seen)`.  Then shape_has tells which members were there.  A PATCH is
 * read, merge, replace: shape_merge lays it over the object as it stands.  A POST or PUT body is `.whole`: its absent
 * members count as seen, so that the same merge replaces everything, and what was left out becomes its default.
 * In an answer NULL prints as null, or is left out where the row says `.omitted`; `.required` text and objects are
 * promised never to be null.
 *
 * A row is M_KIND(struct, field, "json name", [bound or shape,] options...); the field's type is checked by the compiler.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/money.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_object;
struct text;

enum member_kind {
	MEMBER_TEXT,    /* const char *                    JSON string                                  */
	MEMBER_INTEGER, /* int64_t or int64_t *            JSON integer                                 */
	MEMBER_BOOLEAN, /* bool or bool *                  JSON true, false                             */
	MEMBER_UUID,    /* struct uuid, any typed id, or * 36-character string                          */
	MEMBER_MONEY,   /* struct money or *               decimal string; answers only                 */
	MEMBER_DECIMAL, /* struct decimal or *             decimal string or number; bodies only        */
	MEMBER_ENUM,    /* int or int *, index in .values   one of the words                             */
	MEMBER_TIME,    /* struct instant or *             RFC 3339 string                              */
	MEMBER_OBJECT,  /* embedded struct or *            JSON object of shape .of                     */
	MEMBER_ARRAY,   /* pointer + size_t                JSON array of shape .of                      */
	MEMBER_TEXTS,   /* const char *const * + size_t    JSON array of strings                        */
	MEMBER_MAP,     /* const char *: its JSON text     JSON object whose values are strings         */
	MEMBER_JSON,    /* const char *: JSON text         answers only: printed as it stands; an array of .of */
	MEMBER_BYTES,   /* struct bytes                    never in JSON: hashes and payloads from rows */
	MEMBER__COUNT
};

/* What a text must look like beyond its length.  Each is checked, named in the schema and has an example. */
enum text_format {
	FORMAT_NONE,
	FORMAT_EMAIL,    /* something@domain.tld, at most 254 bytes (RFC 5321), domain of letters, digits, hyphens */
	FORMAT_PHONE,    /* E.164: + and 8 to 15 digits, not beginning with 0 */
	FORMAT_SLUG,     /* lower-case letters and digits of any script, single hyphens between */
	FORMAT_URL,      /* http or https, absolute */
	FORMAT_COUNTRY,  /* code of country.h: ISO 3166-1 alpha-2, upper case */
	FORMAT_CURRENCY, /* ISO 4217 code of money.h */
	FORMAT__COUNT
};

struct bytes {
	const unsigned char *bytes;
	size_t               length;
};

/* Which members a body had, by their index in the shape. */
struct shape_seen {
	uint64_t bits;
};

struct shape;

struct member {
	const char         *name; /* in JSON, and the column's name unless .column says another */
	const char         *key;  /* "\"name\":", ready to be printed */
	uint16_t            name_length, key_length;
	enum member_kind    kind;
	bool                pointer;   /* the field is a pointer to the value; NULL is absent */
	bool                required;  /* bodies: must be there; answers: text or object is never null */
	bool                nullable;  /* bodies: null counts as absent (see shape_has); answers: money of no currency is null */
	bool                omitted;   /* answers: left out instead of null; pointers and text only */
	bool                hidden;    /* filled from rows only: never parsed, printed or documented */
	bool                single;    /* MEMBER_JSON: one object of .of, not an array */
	bool                verbatim;  /* text: keep surrounding white space (passwords) */
	bool                multiline; /* text: line breaks and tabs are allowed */
	bool                defaulted; /* bodies and queries: when absent the value is .preset */
	char                live;      /* answers: a hole in a stored document, filled when it is read (shape_print_stored) */
	bool                computed;  /* rows: no column of its table; a statement selects it itself, or nothing does */
	const char         *column;    /* rows: the column's name where it is not the member's ("<member>_minor" of money) */
	enum text_format    format;
	size_t              offset;
	size_t              count_offset; /* MEMBER_ARRAY, MEMBER_TEXTS: where its size_t count stands */
	const struct shape *of;           /* MEMBER_OBJECT, MEMBER_ARRAY, MEMBER_JSON */
	const char *const  *values;       /* MEMBER_ENUM: NULL-terminated */
	int64_t             min, max;     /* characters, value, or elements; every text and array has a max */
	int64_t             preset;
	int64_t     name_max, value_max; /* MEMBER_MAP: characters of a name and of a value; 0: 64, and no value is empty */
	bool        removes;             /* MEMBER_MAP in bodies: a value may be null, which takes the name away */
	const char *example;             /* JSON text */
	const char *description;         /* one line for the API document */
};

struct shape {
	const char          *name; /* "OrderSummary" */
	const char          *noun; /* what a message calls one of them; NULL: the name as words, "order summary" */
	size_t               size;
	const struct member *members;
	size_t               count;
	size_t               seen_offset; /* of a struct shape_seen, plus one; 0: none */
	bool                 whole;       /* bodies: an absent member counts as seen */
};

/* Fails to compile when the field has neither the type nor a pointer to it. */
#define FIELD_(S, field) ((S *)0)->field
#define POINTER_(S, field, type) _Generic(&FIELD_(S, field), type * : 0, type * * : 1)
#define EXACTLY_(S, field, type) (offsetof(S, field) + 0 * sizeof(_Generic(&FIELD_(S, field), type * : 0)))
#define NAMED_(json) .name = json, .key = "\"" json "\":", .name_length = sizeof(json) - 1, .key_length = sizeof(json) + 2
#define SCALAR_(S, field, json, kind_, type) \
	NAMED_(json), .kind = kind_, .offset = offsetof(S, field), .pointer = POINTER_(S, field, type)

#define ID_POINTER_CASE_(name) , struct name * : 0, struct name ** : 1
#define ID_POINTER_(S, field) _Generic(&FIELD_(S, field), struct uuid * : 0, struct uuid * * : 1 ID_TYPES(ID_POINTER_CASE_))

#define M_TEXT(S, field, json, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_TEXT, .offset = EXACTLY_(S, field, const char *), .max = (max_), ##__VA_ARGS__ \
	}
#define M_INTEGER(S, field, json, min_, max_, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_INTEGER, int64_t), .min = (min_), .max = (max_), ##__VA_ARGS__ \
	}
#define M_BOOLEAN(S, field, json, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_BOOLEAN, bool), ##__VA_ARGS__ \
	}
#define M_ID(S, field, json, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_UUID, .offset = offsetof(S, field), .pointer = ID_POINTER_(S, field), ##__VA_ARGS__ \
	}
#define M_MONEY(S, field, json, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_MONEY, struct money), ##__VA_ARGS__ \
	}
#define M_DECIMAL(S, field, json, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_DECIMAL, struct decimal), ##__VA_ARGS__ \
	}
#define M_ENUM(S, field, json, list, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_ENUM, int), .values = (list), ##__VA_ARGS__ \
	}
#define M_TIME(S, field, json, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_TIME, struct instant), ##__VA_ARGS__ \
	}
#define M_OBJECT(S, field, json, shape_, ...) \
	{ \
		SCALAR_(S, field, json, MEMBER_OBJECT, __typeof__(shape_##_struct)), .of = &shape_, ##__VA_ARGS__ \
	}
#define M_ARRAY(S, field, count_field, json, shape_, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_ARRAY, .offset = EXACTLY_(S, field, __typeof__(shape_##_struct) *), \
			      .count_offset = EXACTLY_(S, count_field, size_t), .of = &shape_, .max = (max_), ##__VA_ARGS__ \
	}
/* `max_` strings of at most .preset characters (64 when not said). */
#define M_TEXTS(S, field, count_field, json, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_TEXTS, .offset = EXACTLY_(S, field, const char *const *), \
			      .count_offset = EXACTLY_(S, count_field, size_t), .max = (max_), ##__VA_ARGS__ \
	}
/* At most `max_` members, names and values of 1 to 64 characters where the row says no other; kept as JSON text with the names in order. */
#define M_MAP(S, field, json, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_MAP, .offset = EXACTLY_(S, field, const char *), .max = (max_), ##__VA_ARGS__ \
	}
/*
 * What an integrator keeps with a thing, which is never looked into: of an answer M_METADATA, of a body M_METADATA_BODY.  A
 * column of it is written as JSON_MERGE_PATCH(what is there, the body's): names that are sent replace, null takes away.
 */
#define M_METADATA(S, field, ...) \
	M_MAP(S, field, "metadata", 50, .name_max = 40, .value_max = 500, .example = "{\"cart\":\"A-1041\"}", \
	    .description = "What integrators keep with it: text by name.", ##__VA_ARGS__)
#define M_METADATA_BODY(S, field) M_METADATA(S, field, .removes = true, .nullable = true)
/* JSON text the program wrote itself (a JSON column), at most `max_` bytes. */
#define M_JSON(S, field, json, shape_, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_JSON, .offset = EXACTLY_(S, field, const char *), .of = &shape_, .max = (max_), \
			      ##__VA_ARGS__ \
	}
#define M_BYTES(S, field, json, max_, ...) \
	{ \
		NAMED_(json), .kind = MEMBER_BYTES, .offset = EXACTLY_(S, field, struct bytes), .max = (max_), .hidden = true, \
			      ##__VA_ARGS__ \
	}

/*
 * Defining shapes.  SHAPE_DECLARE stands in a header for a shape that other files use, SHAPE_SHARED defines it there;
 * SHAPE defines one for its own file.  `shape##_struct` never exists: it only tells M_OBJECT and M_ARRAY its type.
 * Behind the list of members more may be said of the shape: SHAPE(struct order_summary, order_summary_shape,
 * "OrderSummary", order_summary_members, .noun = "order").
 */
#define SHAPE_DECLARE(S, shape_) \
	extern S                  shape_##_struct; \
	extern const struct shape shape_
#define SHAPE_IS_(S, title, list, ...) \
	{ \
		.name = title, .size = sizeof(S), .members = list, .count = sizeof(list) / sizeof *(list), ##__VA_ARGS__ \
	}
#define SHAPE_SHARED(S, shape_, title, list, ...) const struct shape shape_ = SHAPE_IS_(S, title, list, ##__VA_ARGS__)
#define SHAPE(S, shape_, title, list, ...) \
	extern S                  shape_##_struct; \
	static const struct shape shape_ = SHAPE_IS_(S, title, list, ##__VA_ARGS__)
#define SEEN(S, field) (EXACTLY_(S, field, struct shape_seen) + 1)
#define SHAPE_PATCH(S, shape_, title, list, seen) SHAPE(S, shape_, title, list, .seen_offset = SEEN(S, seen))

/*
 * Read one JSON text (an object or an array), whole and strict: valid UTF-8, 16 levels at most, no comments, no member
 * twice, nothing behind it.  NULL when it is not.  The object belongs to the arena; do not put it back.
 */
struct json_object *json_read(struct arena *arena, const char *bytes, size_t length);

/*
 * Fill *into (of shape->size bytes, zeroed by the caller or holding defaults) from a parsed JSON value.  Text is copied
 * into the arena.  True when nothing was wrong; else faults says what, and *into must not be used.
 */
bool shape_parse(const struct shape *shape, struct json_object *json, struct arena *arena, void *into, struct faults *faults);

/* The same from a raw query string ("a=1&b=x%20y"); only scalar kinds; a repeated or unknown name is a fault. */
bool shape_parse_query(const struct shape *shape, const char *query, struct arena *arena, void *into, struct faults *faults);

/*
 * Lays a body of `shape` over `into`, a struct of the same type that holds the object as it stands: each member that the
 * body had (of a whole body: every one) replaces that of `into`, null too.  Nothing is copied deeply.
 */
void shape_merge(const struct shape *shape, const void *body, void *into);

/* Was the member in the body (even as null)?  The shape must have a seen field; the name must be one of its members. */
bool shape_has(const struct shape *shape, const void *from, const char *name);

/* Counts a member as if it had been in the body: of one whose value was said by another name. */
void shape_note(const struct shape *shape, void *body, const char *name);

/* Append the struct as JSON.  Text must be valid UTF-8, which shape_parse and the database ensure. */
void shape_print(const struct shape *shape, const void *from, struct text *out);

/*
 * The same to be stored: a member that is .live, because it changes apart from the rest, is left as a hole.  shape_fill
 * appends a stored text with each hole filled by fill(live, out, argument): it appends the member's JSON value.
 */
void shape_print_stored(const struct shape *shape, const void *from, struct text *out);
void shape_fill(const char *stored, size_t length, struct text *out, void (*fill)(char live, struct text *out, void *argument),
    void *argument);

/* A number of what shape_print_stored prints of the shape: another one when members come, go, or change their kind; never 0. */
uint32_t shape_form(const struct shape *shape);

/* `count` structs standing one behind the other, as a JSON array. */
void shape_print_array(const struct shape *shape, const void *from, size_t count, struct text *out);

/*
 * Does a JSON value keep what the shape promises of an answer: every member there, none more, types and bounds right?
 */
bool shape_check(const struct shape *shape, struct json_object *json, struct arena *arena, struct faults *faults);

/* The fault of a text by its format; NULL when it is fine. */
const char *format_fault(enum text_format format, const char *text);

enum schema_use { SCHEMA_BODY, SCHEMA_ANSWER };

/* Append the OpenAPI 3.1 schema object of the shape; nested shapes become "$ref"s to /components/schemas/<name>. */
void shape_schema(const struct shape *shape, enum schema_use use, struct text *out);

/* Whether a member may be null there. */
bool shape_can_be_null(const struct member *member, enum schema_use use);

/* Append the schema of one member alone: for query parameters. */
void shape_schema_member(const struct member *member, enum schema_use use, struct text *out);

/* Append an example that the schema accepts. */
void shape_example(const struct shape *shape, enum schema_use use, struct text *out);
void shape_example_member(const struct member *member, enum schema_use use, struct text *out);

/* The member of that name (of `length` bytes), or NULL. */
const struct member *shape_member(const struct shape *shape, const char *name, size_t length);

/* What a message calls one of them: its noun, or its name as words ("order summary"), in the arena. */
const char *shape_noun(const struct shape *shape, struct arena *arena);

/* The index of a word in a NULL-terminated list, or -1. */
int value_index(const char *const *words, const char *word);

#endif
