/* What all parts of the demo shop are made with: dice, ids, times, batches. */
#include "ops/seed.h"

#include "base/arena.h"

/* 2025-01-01T00:00:00Z: the past of every machine that runs this. */
static const int64_t opening_ms = 1735689600000;
enum { DAY_MS = 86400000, PRODUCT_EVERY_MS = 20000, ORDER_EVERY_MS = 10000 };

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators). */
static uint64_t
dice_roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct dice
seed_dice(const struct seed *seed, enum seed_kind kind, uint64_t index)
{
	struct dice by_value = { seed->value };
	struct dice by_kind = { dice_roll(&by_value) ^ (uint64_t)kind };
	struct dice by_index = { dice_roll(&by_kind) ^ index };

	return (struct dice) { dice_roll(&by_index) };
}

int64_t
dice_below(struct dice *dice, int64_t limit)
{
	return (int64_t)(dice_roll(dice) % (uint64_t)limit);
}

int64_t
dice_between(struct dice *dice, int64_t low, int64_t high)
{
	return low + dice_below(dice, high - low + 1);
}

const char *
dice_word(struct dice *dice, const char *const *words)
{
	int64_t count = 0;

	while (words[count] != NULL)
		count++;
	return words[dice_below(dice, count)];
}

static struct uuid
id_of(struct instant at, unsigned turn, uint64_t rest)
{
	struct uuid id;
	uint64_t    ms = (uint64_t)at.unix_ms;

	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	id.bytes[6] = (uint8_t)(0x70 | (turn >> 8 & 0x0f));
	id.bytes[7] = (uint8_t)turn;
	for (int i = 0; i < 8; i++)
		id.bytes[8 + i] = (uint8_t)(rest >> (56 - 8 * i));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

struct uuid
seed_id(const struct seed *seed, enum seed_kind kind, uint64_t index, struct instant at, unsigned turn)
{
	struct dice dice = seed_dice(seed, kind, index);

	/* Another number than the first one that describes the thing. */
	return id_of(at, turn, ~dice_roll(&dice));
}

struct uuid
seed_id_lowest(struct instant at)
{
	return id_of(at, 0, 0);
}

struct uuid
seed_id_highest(struct instant at)
{
	return id_of(at, 0xfff, UINT64_MAX);
}

const char *
seed_reference(const struct seed *seed, const char *prefix, uint64_t index)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct dice       dice = { seed->value };
	/* An odd factor permutes the numbers below 2^50: no two indexes share a reference. */
	uint64_t number = (index * 0x2545f4914f6cdd1d + dice_roll(&dice)) & ((UINT64_C(1) << 50) - 1);
	char     characters[11] = "";

	for (int i = 0; i < 10; i++)
		characters[i] = alphabet[number >> (45 - 5 * i) & 31];
	return arena_format(seed->work->arena, "%s%s", prefix, characters);
}

struct instant
seed_opening(void)
{
	return (struct instant) { opening_ms };
}

struct instant
seed_product_time(int64_t index)
{
	return (struct instant) { opening_ms + DAY_MS + index * PRODUCT_EVERY_MS };
}

struct instant
seed_order_time(int64_t index)
{
	return (struct instant) { opening_ms + 2 * (int64_t)DAY_MS + index * ORDER_EVERY_MS };
}

struct batch
batch_new(struct arena *arena, const char *sql, size_t per_row)
{
	return (struct batch) { .arena = arena, .sql = sql, .per_row = per_row };
}

void
batch_add_(struct batch *batch, size_t count, const struct parameter *row)
{
	if (count != batch->per_row)
		abort(); /* a row that does not fit its statement: a programmer's mistake */
	if (batch->count == batch->room) {
		size_t            room = batch->room == 0 ? 256 : 2 * batch->room;
		struct parameter *rows = ARENA_ARRAY(batch->arena, room * batch->per_row, struct parameter);

		if (batch->count > 0)
			memcpy(rows, batch->rows, batch->count * batch->per_row * sizeof *rows);
		batch->rows = rows;
		batch->room = room;
	}
	memcpy(batch->rows + batch->count++ * batch->per_row, row, count * sizeof *row);
}

/* So that a batch is a few statements, all but the last of the same text. */
enum { ROWS_OF_A_STATEMENT = 200 };

const struct problem *
batches_add(struct work *work, const struct batch *batches, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct batch *batch = &batches[i];

		for (size_t from = 0; from < batch->count; from += ROWS_OF_A_STATEMENT) {
			size_t rows = batch->count - from < ROWS_OF_A_STATEMENT ? batch->count - from : ROWS_OF_A_STATEMENT;

			TRY(db_run_many(work->db, NULL, batch->sql, rows, batch->per_row, batch->rows + from * batch->per_row));
		}
	}
	return OK;
}

static const struct problem *
write_batches(struct work *work, const struct batch *batches, size_t count, const char *witness, struct uuid id)
{
	transaction_witness(work, witness, id);
	return batches_add(work, batches, count);
}

const struct problem *
batches_write(struct work *work, struct batch *batches, size_t count, const char *witness, struct uuid id)
{
	return db_transaction(work, write_batches(work, batches, count, witness, id));
}

const struct problem *
seed_done(const struct seed *seed, struct uuid (*id)(const struct seed *seed, int64_t index), const char *count_sql,
    int64_t count, int64_t *done)
{
	int64_t low = 0, high = count, there;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		TRY(db_value(seed->work->db, &there, count_sql, P(id(seed, middle))));
		if (there > 0)
			low = middle + 1;
		else
			high = middle;
	}
	*done = low;
	return OK;
}
