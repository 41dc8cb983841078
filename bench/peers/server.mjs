// The lean peer: the least that a Node service does for the same answers, behind the same nginx and on the same MariaDB.
// Fastify with schemas of its answers, mysql2 with prepared statements, two processes; no permissions, limits, checks, log.
// Its reads and its order are those of ../yardsticks/, in SQL that never follows the shop's.
//
//   node server.mjs PORT MARIADB_SOCKET PASSWORD_FILE TREE_FILE
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import Fastify from "fastify";
import mysql from "mysql2/promise";

const PROCESSES = 2;
const CONNECTIONS = 8;
const [port, socketPath, passwordFile, treeFile] = process.argv.slice(2);

if (cluster.isPrimary) {
	for (let i = 0; i < PROCESSES; i++) cluster.fork();
	// A death is not hidden: the others would do its work.
	cluster.on("exit", () => process.exit(1));
	process.on("SIGTERM", () => process.exit(0));
} else {
	await serve();
}

async function serve() {
	const password = readFileSync(passwordFile, "utf8").trim();
	const pool = mysql.createPool({ socketPath, user: "haat", password, database: "bench", connectionLimit: CONNECTIONS });
	const tree = readFileSync(treeFile);
	const app = Fastify({ logger: false });

	// Kept in memory, where no other process or machine sees a change: leaner than it may be.
	app.get("/api/v1/categories/tree", async (request, reply) => reply.type("application/json").send(tree));

	const row = {
		type: "object",
		properties: {
			name: { type: "string" }, slug: { type: "string" }, price_minor: { type: "integer" }, currency: { type: "string" },
			in_stock: { type: "integer" }, document: { type: "string" }, summary: { type: "string" },
		},
	};
	app.get("/api/v1/products/:id", { schema: { response: { 200: row } } }, async (request) => {
		const [rows] = await pool.execute(
			"SELECT name, slug, price_minor, currency, in_stock, document FROM bench.details WHERE id = ?",
			[Buffer.from("000000000000000000000000000001f4", "hex")]);
		return rows[0];
	});

	const page = { type: "object", properties: { results: { type: "array", items: row }, next: { type: "string" } } };
	app.get("/api/v1/products", { schema: { response: { 200: page } } }, async () => {
		const [results] = await pool.execute(
			"SELECT name, price_minor, currency, in_stock, summary FROM bench.summaries WHERE category = ? AND position >= ? "
			+ "ORDER BY position LIMIT 12", [0, 500]);
		return { results, next: "500" };
	});

	app.post("/api/v1/orders", async (request, reply) => {
		reply.code(201);
		return placeOrder(pool, request.body);
	});
	await app.listen({ host: "127.0.0.1", port: Number(port) });
}

const bytes = (uuid) => Buffer.from(uuid.replaceAll("-", ""), "hex");

async function placeOrder(pool, { shipping_address_id, items }) {
	const connection = await pool.getConnection();
	const [first, second] = items.map((item) => bytes(item.variant_id));
	const id = randomBytes(16), number = randomBytes(16);

	try {
		await connection.query("START TRANSACTION");
		const [prices] = await connection.execute(
			"SELECT variant_id, price_minor FROM bench.stock WHERE variant_id IN (?, ?)", [first, second]);
		for (const variant of [first, second])
			await connection.execute(
				"UPDATE bench.stock SET reserved = reserved + 1 WHERE variant_id = ? AND on_hand - reserved >= 1", [variant]);
		const total = prices.reduce((sum, price) => sum + price.price_minor, 0);
		await connection.execute(
			"INSERT INTO bench.orders (id, number, user_id, address_id, total_minor, created_at) VALUES (?, ?, ?, ?, ?, NOW(3))",
			[id, number, bytes(shipping_address_id), bytes(shipping_address_id), total]);
		await connection.execute(
			"INSERT INTO bench.order_lines (order_id, position, variant_id, quantity) VALUES (?, 0, ?, 1), (?, 1, ?, 1)",
			[id, first, id, second]);
		await connection.query("COMMIT");
		return { id: id.toString("hex"), number: number.toString("hex"), total, items };
	} catch (error) {
		await connection.query("ROLLBACK");
		throw error;
	} finally {
		connection.release();
	}
}
