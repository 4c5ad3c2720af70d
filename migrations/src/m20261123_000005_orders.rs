//! Products, prices and orders.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261123_000005_orders",
    up: &[
        "CREATE TABLE orders_products (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, name text NOT NULL, base_unit text NOT NULL,
            packs {json} NOT NULL, list_price_e4 bigint NOT NULL, created_at {time} NOT NULL,
            version integer NOT NULL)",
        "CREATE TABLE orders_prices (
            id {uuid} PRIMARY KEY, external_id text UNIQUE, region_id {uuid}, price_tier text,
            product_id {uuid} NOT NULL REFERENCES orders_products (id), unit text NOT NULL,
            list_price_e4 bigint NOT NULL, floor_price_e4 bigint NOT NULL, valid_from date NOT NULL, valid_to date)",
        "CREATE INDEX orders_prices_lookup ON orders_prices (product_id, region_id, price_tier, valid_from)",
        "CREATE TABLE orders (
            id {uuid} PRIMARY KEY, number text NOT NULL UNIQUE, external_id text UNIQUE,
            customer_id {uuid} NOT NULL REFERENCES customers (id), region_id {uuid} NOT NULL,
            rep_id {uuid} NOT NULL, entered_by {uuid} NOT NULL, status text NOT NULL, total_fen bigint NOT NULL,
            submitted_at {time} NOT NULL, planned_ship_on date, delivered_on date, signer_name text,
            created_at {time} NOT NULL, updated_at {time} NOT NULL, version integer NOT NULL)",
        "CREATE INDEX orders_customer ON orders (customer_id, id)",
        "CREATE INDEX orders_rep ON orders (rep_id, id)",
        "CREATE INDEX orders_status ON orders (status, planned_ship_on)",
        "CREATE TABLE orders_lines (
            id {uuid} PRIMARY KEY, order_id {uuid} NOT NULL REFERENCES orders (id), line_no integer NOT NULL,
            product_id {uuid} NOT NULL REFERENCES orders_products (id), unit text NOT NULL,
            quantity_thousandths bigint NOT NULL, unit_price_e4 bigint NOT NULL, amount_fen bigint NOT NULL,
            accepted_thousandths bigint NOT NULL DEFAULT 0, rejected_thousandths bigint NOT NULL DEFAULT 0,
            UNIQUE (order_id, line_no))",
    ],
    down: &["orders_lines", "orders", "orders_prices", "orders_products"],
};
