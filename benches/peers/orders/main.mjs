// Places orders on gugan's own tables, the way a lean Fastify backend does it: one transaction, statements by hand.
// Less is asked of it than of gugan: the session, the payer's row locked, credit, return rate and regional price
// checked, order, lines and exposure written, a to-do where something is over. No idempotency key, no timeline, no
// event, no number in a row.
import { createHash, randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
const app = Fastify({ logger: false })

const text = { type: 'string' }
const line = {
  type: 'object',
  required: ['product_id', 'unit', 'quantity', 'unit_price'],
  properties: { product_id: text, unit: text, quantity: text, unit_price: text },
}
const body = {
  type: 'object',
  required: ['customer_id', 'lines'],
  properties: { customer_id: text, lines: { type: 'array', minItems: 1, maxItems: 200, items: line } },
}

function newId() {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const SESSION = `SELECT people_users.id FROM people_users JOIN people_sessions ON user_id = people_users.id
  WHERE digest = $1 AND expires_at > now()`
const CUSTOMER = `SELECT c.id, c.name, c.region_id, payer.id AS payer_id, payer.credit_limit_fen, payer.payment_terms,
  payer.price_tier, payer.return_rate_limit_ppm, c.is_blacklisted OR payer.is_blacklisted AS is_blacklisted
  FROM customers c JOIN customers payer ON payer.id = COALESCE(c.bill_to_id, c.id)
  WHERE c.id = $1 AND c.owner_id = $2 FOR NO KEY UPDATE OF payer`
const FACTS = `SELECT
  (SELECT COALESCE(sum(reserved_fen + unbilled_fen + receivable_fen - credited_fen - received_fen), 0)
    FROM orders_exposure WHERE customer_id = $1) AS held,
  (SELECT COALESCE(sum(amount_fen), 0) FROM customers_temporary_credits
    WHERE customer_id = $1 AND valid_from <= now() AND valid_until > now()) AS temporary,
  (SELECT COALESCE(sum(delivered_fen), 0) FROM orders_turnover
    WHERE customer_id = $2 AND day > current_date - 366 AND day < current_date) AS delivered,
  (SELECT COALESCE(sum(returned_fen), 0) FROM orders_turnover
    WHERE customer_id = $2 AND day > current_date - 366 AND day < current_date) AS returned`
const PRICES = `WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS depth FROM people_regions WHERE id = $2
    UNION ALL SELECT upper.id, upper.parent_id, above.depth + 1 FROM people_regions upper
    JOIN above ON upper.id = above.parent_id)
  SELECT product.id, product.name, price.unit, price.floor_price_e4, price.ceiling_price_e4
  FROM orders_products product LEFT JOIN orders_prices price ON price.product_id = product.id
    AND (price.price_tier IS NULL OR price.price_tier = $3) AND price.valid_from <= current_date
    AND (price.valid_to IS NULL OR price.valid_to >= current_date)
    AND (price.region_id IS NULL OR price.region_id IN (SELECT id FROM above))
  LEFT JOIN above ON above.id = price.region_id WHERE product.id = ANY($1::uuid[])
  ORDER BY above.depth NULLS LAST`
const ORDER = `INSERT INTO orders (id, number, customer_id, region_id, rep_id, entered_by, status, total_fen, submitted_at,
  created_at, updated_at, version, bill_to_id, accepted_at)
  VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $8, $8, 1, $9, $10)`
const LINES = `INSERT INTO orders_lines (id, order_id, line_no, product_id, unit, quantity_thousandths, unit_price_e4,
  amount_fen, discount_ppm)
  SELECT id, $2, n, product, unit, quantity, price, amount, 0
  FROM unnest($1::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
  WITH ORDINALITY AS it (id, product, unit, quantity, price, amount, n)`
const EXPOSURE = `INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, credited_fen,
  received_fen, changed_at) VALUES ($1, $2, 0, 0, 0, 0, $3) ON CONFLICT (customer_id)
  DO UPDATE SET reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen, changed_at = excluded.changed_at`
const TODO = 'INSERT INTO bench_todos (id, order_id, findings, opened_at) VALUES ($1, $2, $3, $4)'

const prepared = new Map([SESSION, CUSTOMER, FACTS, PRICES, ORDER, LINES, EXPOSURE, TODO].map((it, n) => [it, `s${n}`]))
const ask = async (db, text, values) => (await db.query({ name: prepared.get(text), text, values })).rows

function check(customer, facts, lines, policies, total) {
  const findings = []
  const over = Number(facts.held) + total - Number(customer.credit_limit_fen) - Number(facts.temporary)
  if (customer.payment_terms === 'monthly' && over > 0) findings.push('credit')
  const limit = Number(customer.return_rate_limit_ppm ?? 50_000)
  if (Number(facts.returned) * 1_000_000 > Number(facts.delivered) * limit) findings.push('return_rate')
  for (const line of lines) {
    const nearest = policies.find((it) => it.id === line.product_id && it.unit === line.unit)
    if (!nearest) continue
    const isHigh = nearest.ceiling_price_e4 !== null && line.price > Number(nearest.ceiling_price_e4)
    if (line.price < Number(nearest.floor_price_e4) || isHigh) findings.push('price')
  }
  return findings
}

async function place(db, actor, draft) {
  const [customer] = await ask(db, CUSTOMER, [draft.customer_id, actor])
  if (!customer) throw Object.assign(new Error('customer_unknown'), { statusCode: 422 })
  if (customer.is_blacklisted) throw Object.assign(new Error('customer_blacklisted'), { statusCode: 409 })
  const lines = draft.lines.map((it) => {
    const [quantity, price] = [Math.round(it.quantity * 1000), Math.round(it.unit_price * 10_000)]
    return { ...it, id: newId(), quantity, price, amount: Math.round((quantity * price) / 100_000) }
  })
  const total = lines.reduce((sum, it) => sum + it.amount, 0)
  const [facts] = await ask(db, FACTS, [customer.payer_id, customer.id])
  const products = lines.map((it) => it.product_id)
  const policies = await ask(db, PRICES, [products, customer.region_id, customer.price_tier])
  const names = new Map(policies.map((it) => [it.id, it.name]))
  if (products.some((id) => !names.has(id))) throw Object.assign(new Error('product_unknown'), { statusCode: 422 })
  const findings = check(customer, facts, lines, policies, total)
  const [id, now] = [newId(), new Date()]
  const status = findings.length ? 'pending_special_approval' : 'accepted'
  const number = `SO-${id}`
  await ask(db, ORDER, [id, number, customer.id, customer.region_id, actor, status, total, now, customer.payer_id,
    findings.length ? null : now])
  const column = (name) => lines.map((it) => it[name])
  await ask(db, LINES, [column('id'), id, products, column('unit'), column('quantity'), column('price'),
    column('amount')])
  await ask(db, EXPOSURE, [customer.payer_id, total, now])
  if (findings.length) await ask(db, TODO, [newId(), id, findings.join(' '), now])
  const view = (it, n) => ({ id: it.id, line_no: n + 1, product_id: it.product_id, product_name: names.get(it.product_id),
    unit: it.unit, quantity: String(it.quantity / 1000), unit_price: (it.price / 10_000).toFixed(4),
    amount: (it.amount / 100).toFixed(2) })
  return { id, number, customer_id: customer.id, customer_name: customer.name, status, total: (total / 100).toFixed(2),
    submitted_at: now, lines: lines.map(view), findings }
}

app.get('/readyz', async () => ({ status: 'ok' }))

app.post('/api/v1/orders', { schema: { body } }, async (request, reply) => {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
  const db = await pool.connect()
  try {
    const [user] = await ask(db, SESSION, [createHash('sha256').update(token).digest('hex')])
    if (!user) return reply.code(401).send({ code: 'unauthenticated' })
    await db.query('BEGIN')
    const placed = await place(db, user.id, request.body)
    await db.query('COMMIT')
    return reply.code(201).send(placed)
  } catch (fault) {
    await db.query('ROLLBACK')
    throw fault
  } finally {
    db.release()
  }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
