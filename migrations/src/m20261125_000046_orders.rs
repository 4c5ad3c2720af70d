//! The soft guard: what orders are bound to, findings, exposure, turnover, returns, exceptions; promotions and quotes.

use crate::dialect::Step;

/// What a line's accepted and settled quantities are worth of its amount, rounded half up as the domain does.
macro_rules! worth {
    ($quantity:literal) => {
        concat!("(amount_fen * (", $quantity, ") * 2 + quantity_thousandths) / (quantity_thousandths * 2)")
    };
}

pub(crate) const STEP: Step = Step {
    name: "m20261125_000046_orders",
    up: &[
        "ALTER TABLE orders ADD COLUMN quote_id {uuid}",
        "ALTER TABLE orders ADD COLUMN bill_to_id {uuid}",
        "ALTER TABLE orders ADD COLUMN ship_to_region_id {uuid}",
        "ALTER TABLE orders ADD COLUMN content_hash text",
        "ALTER TABLE orders ADD COLUMN approval_hash text",
        "ALTER TABLE orders ADD COLUMN approval_cap_fen bigint",
        "ALTER TABLE orders ADD COLUMN approval_until {time}",
        "ALTER TABLE orders ADD COLUMN accepted_at {time}",
        "ALTER TABLE orders ADD COLUMN cancelled_at {time}",
        "ALTER TABLE orders ADD COLUMN cancel_reason text",
        "ALTER TABLE orders ADD COLUMN dispatch text",
        "UPDATE orders SET bill_to_id = customer_id",
        "UPDATE orders SET accepted_at = submitted_at WHERE status <> 'pending_special_approval'",
        "UPDATE orders SET dispatch = 'ended' WHERE id IN (SELECT order_id FROM deliveries)",
        "UPDATE orders SET dispatch = 'under_way' WHERE id IN (SELECT order_id FROM deliveries
            WHERE status IN ('planned', 'loaded', 'in_transit', 'arrived'))",
        "CREATE INDEX orders_bill_to ON orders (bill_to_id)",
        "CREATE INDEX orders_waiting ON orders (approval_until) WHERE status = 'pending_special_approval'",
        "CREATE INDEX orders_submitted ON orders (submitted_at)",
        "ALTER TABLE orders_lines ADD COLUMN discount_ppm bigint NOT NULL DEFAULT 0",
        "ALTER TABLE orders_lines ADD COLUMN promotion_id {uuid}",
        "ALTER TABLE orders_lines ADD COLUMN returned_thousandths bigint NOT NULL DEFAULT 0",
        "ALTER TABLE orders_prices ADD COLUMN ceiling_price_e4 bigint",
        "CREATE TABLE orders_promotions (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, name text NOT NULL,
            buy_product_id {uuid} NOT NULL REFERENCES orders_products (id), buy_thousandths bigint NOT NULL,
            get_product_id {uuid} NOT NULL REFERENCES orders_products (id), get_thousandths bigint NOT NULL,
            valid_from date NOT NULL, valid_to date, created_by {uuid} NOT NULL, created_at {time} NOT NULL)",
        "CREATE TABLE orders_findings (
            id {uuid} PRIMARY KEY, order_id {uuid} NOT NULL, occasion text NOT NULL, rule text NOT NULL,
            line_no integer, measures {json} NOT NULL, approver_role text NOT NULL, cure text, found_at {time} NOT NULL,
            granted_at {time}, superseded_at {time})",
        "CREATE INDEX orders_findings_order ON orders_findings (order_id)",
        "CREATE INDEX orders_findings_found ON orders_findings (found_at)",
        "CREATE TABLE orders_exposure (
            customer_id {uuid} PRIMARY KEY REFERENCES customers (id), reserved_fen bigint NOT NULL,
            unbilled_fen bigint NOT NULL, receivable_fen bigint NOT NULL, credited_fen bigint NOT NULL,
            received_fen bigint NOT NULL, changed_at {time} NOT NULL)",
        concat!(
            "INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, credited_fen,
            received_fen, changed_at) SELECT bill_to_id, CAST(sum(amount_fen - ",
            worth!("accepted_thousandths + rejected_thousandths"),
            ") AS bigint), CAST(sum(",
            worth!("accepted_thousandths"),
            ") AS bigint), 0, 0, 0, max(updated_at) FROM orders JOIN orders_lines ON order_id = orders.id
            WHERE status <> 'cancelled' AND quantity_thousandths > 0 GROUP BY bill_to_id"
        ),
        "CREATE TABLE orders_turnover (
            customer_id {uuid} NOT NULL REFERENCES customers (id), day date NOT NULL, delivered_fen bigint NOT NULL,
            returned_fen bigint NOT NULL, PRIMARY KEY (customer_id, day))",
        concat!(
            "INSERT INTO orders_turnover (customer_id, day, delivered_fen, returned_fen)
            SELECT customer_id, delivered_on, CAST(sum(",
            worth!("accepted_thousandths"),
            ") AS bigint), 0 FROM orders JOIN orders_lines ON order_id = orders.id
            WHERE delivered_on IS NOT NULL AND quantity_thousandths > 0 GROUP BY customer_id, delivered_on"
        ),
        "CREATE TABLE orders_returns (
            id {uuid} PRIMARY KEY, number text NOT NULL UNIQUE, external_id text UNIQUE,
            order_id {uuid} NOT NULL REFERENCES orders (id), customer_id {uuid} NOT NULL REFERENCES customers (id),
            bill_to_id {uuid} NOT NULL, amount_fen bigint NOT NULL, counted_fen bigint NOT NULL,
            recorded_by {uuid} NOT NULL, credited_at {time} NOT NULL)",
        "CREATE INDEX orders_returns_order ON orders_returns (order_id)",
        "CREATE INDEX orders_returns_bill_to ON orders_returns (bill_to_id)",
        "CREATE TABLE orders_return_lines (
            id {uuid} PRIMARY KEY, return_id {uuid} NOT NULL REFERENCES orders_returns (id),
            order_line_id {uuid} NOT NULL REFERENCES orders_lines (id), quantity_thousandths bigint NOT NULL,
            amount_fen bigint NOT NULL, reason text NOT NULL, counts_in_return_rate boolean NOT NULL,
            borne_by text NOT NULL)",
        "CREATE INDEX orders_return_lines_return ON orders_return_lines (return_id)",
        "CREATE TABLE orders_exceptions (
            id {uuid} PRIMARY KEY, order_id {uuid} NOT NULL, kind text NOT NULL, owner_role text NOT NULL,
            opened_at {time} NOT NULL, due_at {time}, closed_at {time}, closed_by {uuid}, note text)",
        "CREATE UNIQUE INDEX orders_exceptions_open ON orders_exceptions (order_id, kind) WHERE closed_at IS NULL",
        "CREATE TABLE quotes (
            id {uuid} PRIMARY KEY, number text NOT NULL UNIQUE, external_id text UNIQUE,
            customer_id {uuid} NOT NULL REFERENCES customers (id), opportunity_id {uuid}, region_id {uuid} NOT NULL,
            owner_id {uuid} NOT NULL, status text NOT NULL, revision integer NOT NULL, total_fen bigint NOT NULL,
            sent_at {time}, due_at {time}, next_rung_at {time}, rung integer NOT NULL, signed_at {time},
            signer_name text, signed_by text, photo_ids {json} NOT NULL, voided_at {time}, order_id {uuid},
            created_by {uuid} NOT NULL, created_at {time} NOT NULL, updated_at {time} NOT NULL,
            version integer NOT NULL)",
        "CREATE INDEX quotes_customer ON quotes (customer_id, id)",
        "CREATE INDEX quotes_owner ON quotes (owner_id, id)",
        "CREATE INDEX quotes_sent ON quotes (region_id, sent_at)",
        "CREATE INDEX quotes_next_rung ON quotes (next_rung_at) WHERE next_rung_at IS NOT NULL",
        "CREATE TABLE quotes_lines (
            id {uuid} PRIMARY KEY, quote_id {uuid} NOT NULL REFERENCES quotes (id), revision integer NOT NULL,
            line_no integer NOT NULL, product_id {uuid} NOT NULL, product_name text NOT NULL, unit text NOT NULL,
            quantity_thousandths bigint NOT NULL, unit_price_e4 bigint NOT NULL, discount_ppm bigint NOT NULL,
            promotion_id {uuid}, amount_fen bigint NOT NULL, UNIQUE (quote_id, revision, line_no))",
        "CREATE TABLE quotes_links (
            digest text PRIMARY KEY, quote_id {uuid} NOT NULL REFERENCES quotes (id), revision integer NOT NULL,
            created_by {uuid} NOT NULL, created_at {time} NOT NULL, expires_at {time} NOT NULL,
            used_at {time})",
        "CREATE INDEX quotes_links_quote ON quotes_links (quote_id)",
    ],
    down: &[
        "quotes_links",
        "quotes_lines",
        "quotes",
        "orders_exceptions",
        "orders_return_lines",
        "orders_returns",
        "orders_turnover",
        "orders_exposure",
        "orders_findings",
        "orders_promotions",
        "ALTER TABLE orders_prices DROP COLUMN ceiling_price_e4",
        "ALTER TABLE orders_lines DROP COLUMN returned_thousandths",
        "ALTER TABLE orders_lines DROP COLUMN promotion_id",
        "ALTER TABLE orders_lines DROP COLUMN discount_ppm",
        "DROP INDEX orders_submitted",
        "DROP INDEX orders_waiting",
        "DROP INDEX orders_bill_to",
        "ALTER TABLE orders DROP COLUMN dispatch",
        "ALTER TABLE orders DROP COLUMN cancel_reason",
        "ALTER TABLE orders DROP COLUMN cancelled_at",
        "ALTER TABLE orders DROP COLUMN accepted_at",
        "ALTER TABLE orders DROP COLUMN approval_until",
        "ALTER TABLE orders DROP COLUMN approval_cap_fen",
        "ALTER TABLE orders DROP COLUMN approval_hash",
        "ALTER TABLE orders DROP COLUMN content_hash",
        "ALTER TABLE orders DROP COLUMN ship_to_region_id",
        "ALTER TABLE orders DROP COLUMN bill_to_id",
        "ALTER TABLE orders DROP COLUMN quote_id",
    ],
};
