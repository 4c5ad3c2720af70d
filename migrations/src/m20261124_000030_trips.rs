//! Trips with their stops, what is collected and handed in, corrections, overrides, and visits that count.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261124_000030_trips",
    up: &[
        "CREATE TABLE deliveries_trips (
            id {uuid} PRIMARY KEY, number text NOT NULL UNIQUE, vehicle text, driver_id {uuid} NOT NULL,
            planned_on date NOT NULL, status text NOT NULL, created_by {uuid} NOT NULL, created_at {time} NOT NULL,
            taken_at {time}, departed_at {time}, version integer NOT NULL)",
        "CREATE INDEX deliveries_trips_driver ON deliveries_trips (driver_id, planned_on)",
        "CREATE INDEX deliveries_trips_day ON deliveries_trips (planned_on, id)",
        "CREATE TABLE deliveries_stops (
            id {uuid} PRIMARY KEY, trip_id {uuid} NOT NULL REFERENCES deliveries_trips (id), seq integer NOT NULL,
            customer_id {uuid} NOT NULL REFERENCES customers (id), arrived_at {time}, version integer NOT NULL,
            UNIQUE (trip_id, seq))",
        "ALTER TABLE deliveries ADD COLUMN stop_id {uuid}",
        "ALTER TABLE deliveries ADD COLUMN invoicing text",
        "ALTER TABLE deliveries ADD COLUMN blocked_by {json}",
        "ALTER TABLE deliveries ADD COLUMN overridden_by {uuid}",
        "ALTER TABLE deliveries ADD COLUMN overridden_at {time}",
        "ALTER TABLE deliveries ADD COLUMN override_reason text",
        "CREATE INDEX deliveries_stop ON deliveries (stop_id)",
        "CREATE INDEX deliveries_signed ON deliveries (customer_id, signed_at)",
        "CREATE INDEX deliveries_overridden ON deliveries (overridden_at) WHERE overridden_at IS NOT NULL",
        "ALTER TABLE deliveries_attempts ADD COLUMN set_id {uuid}",
        "ALTER TABLE deliveries_attempts ADD COLUMN payment {json}",
        "ALTER TABLE deliveries_attempts ADD COLUMN returns {json}",
        "ALTER TABLE deliveries_attempts ADD COLUMN settled_at {time}",
        "ALTER TABLE deliveries_attempts ADD COLUMN received_at {time}",
        "CREATE INDEX deliveries_attempts_set ON deliveries_attempts (set_id)",
        // Every delivery that is there already becomes a trip of one stop.
        "INSERT INTO deliveries_trips (id, number, driver_id, planned_on, status, created_by, created_at, departed_at,
            version) SELECT id, 'TR' || substr(number, 3), driver_id, day,
            CASE WHEN departed_at IS NULL THEN 'planned' ELSE 'in_transit' END, driver_id, created_at, departed_at, 1
            FROM deliveries JOIN settings_counters ON kind = 'DN'
            AND 'DN-' || replace(CAST(day AS text), '-', '') = substr(number, 1, 11)",
        "INSERT INTO deliveries_stops (id, trip_id, seq, customer_id, version)
            SELECT id, id, 1, customer_id, 1 FROM deliveries",
        "UPDATE deliveries SET stop_id = id",
        "UPDATE deliveries_attempts SET set_id = id, received_at = at",
        "INSERT INTO settings_counters (kind, day, n) SELECT 'TR', day, n FROM settings_counters WHERE kind = 'DN'",
        "CREATE TABLE deliveries_takes (
            id {uuid} PRIMARY KEY, trip_id {uuid} NOT NULL REFERENCES deliveries_trips (id),
            driver_id {uuid} NOT NULL, former_driver_id {uuid}, taken_at {time} NOT NULL)",
        "CREATE INDEX deliveries_takes_trip ON deliveries_takes (trip_id)",
        "CREATE TABLE deliveries_corrections (
            id {uuid} PRIMARY KEY, delivery_id {uuid} NOT NULL REFERENCES deliveries (id), n integer NOT NULL,
            status_before text NOT NULL, lines_before {json} NOT NULL, status_after text NOT NULL,
            lines_after {json} NOT NULL, reason text NOT NULL, corrected_by {uuid} NOT NULL,
            corrected_at {time} NOT NULL, UNIQUE (delivery_id, n))",
        "CREATE TABLE deliveries_billables (
            id {uuid} PRIMARY KEY, delivery_id {uuid} NOT NULL REFERENCES deliveries (id),
            order_line_id {uuid} NOT NULL REFERENCES orders_lines (id), accepted_thousandths bigint NOT NULL,
            rejected_thousandths bigint NOT NULL, unbilled_fen bigint NOT NULL, released_fen bigint NOT NULL,
            at {time} NOT NULL)",
        "CREATE INDEX deliveries_billables_delivery ON deliveries_billables (delivery_id)",
        // Until now nothing was signed without its slip, so nothing is held.
        "UPDATE deliveries SET invoicing = 'open' WHERE status IN ('signed', 'partially_signed', 'refused')",
        // What was signed until now is worth its share of running totals, rounded half up as the domain does.
        "INSERT INTO deliveries_billables (id, delivery_id, order_line_id, accepted_thousandths, rejected_thousandths,
            unbilled_fen, released_fen, at) SELECT id, delivery_id, order_line_id, accepted, rejected,
            (amount * taken * 2 + ordered) / (ordered * 2)
                - (amount * (taken - accepted) * 2 + ordered) / (ordered * 2),
            (amount * settled * 2 + ordered) / (ordered * 2) - (amount * taken * 2 + ordered) / (ordered * 2)
                - (amount * (settled - accepted - rejected) * 2 + ordered) / (ordered * 2)
                + (amount * (taken - accepted) * 2 + ordered) / (ordered * 2),
            at FROM (SELECT lines.id, lines.delivery_id, lines.order_line_id,
                COALESCE(lines.accepted_thousandths, 0) AS accepted,
                COALESCE(lines.rejected_thousandths, 0) AS rejected, orders_lines.amount_fen AS amount,
                orders_lines.quantity_thousandths AS ordered,
                CAST(sum(COALESCE(lines.accepted_thousandths, 0)) OVER until_now AS bigint) AS taken,
                CAST(sum(COALESCE(lines.accepted_thousandths, 0) + COALESCE(lines.rejected_thousandths, 0))
                    OVER until_now AS bigint) AS settled,
                COALESCE(deliveries.signed_at, deliveries.created_at) AS at
                FROM deliveries_lines AS lines JOIN deliveries ON deliveries.id = lines.delivery_id
                JOIN orders_lines ON orders_lines.id = lines.order_line_id
                WHERE deliveries.status IN ('signed', 'partially_signed', 'refused')
                AND orders_lines.quantity_thousandths > 0
                WINDOW until_now AS (PARTITION BY lines.order_line_id ORDER BY deliveries.signed_at, lines.id)
            ) AS signed",
        "CREATE TABLE deliveries_payments (
            id {uuid} PRIMARY KEY, trip_id {uuid} NOT NULL REFERENCES deliveries_trips (id),
            stop_id {uuid} NOT NULL REFERENCES deliveries_stops (id), set_id {uuid} NOT NULL, method text NOT NULL,
            amount_fen bigint NOT NULL, due_fen bigint NOT NULL, taken_by {uuid} NOT NULL, taken_at {time} NOT NULL,
            voided_at {time})",
        "CREATE INDEX deliveries_payments_trip ON deliveries_payments (trip_id)",
        "CREATE INDEX deliveries_payments_set ON deliveries_payments (set_id)",
        "CREATE TABLE deliveries_hand_ins (
            id {uuid} PRIMARY KEY, trip_id {uuid} NOT NULL REFERENCES deliveries_trips (id),
            expected_cash_fen bigint NOT NULL, expected_qr_fen bigint NOT NULL, counted_cash_fen bigint NOT NULL, counted_qr_fen bigint NOT NULL,
            reason text, photo_ids {json} NOT NULL, handed_in_by {uuid} NOT NULL, handed_in_at {time} NOT NULL,
            confirmed_cash_fen bigint, confirm_reason text, confirmed_by {uuid}, confirmed_at {time},
            voided_at {time})",
        "CREATE INDEX deliveries_hand_ins_trip ON deliveries_hand_ins (trip_id)",
        "CREATE TABLE deliveries_exchanges (
            id {uuid} PRIMARY KEY, stop_id {uuid} NOT NULL REFERENCES deliveries_stops (id),
            customer_id {uuid} NOT NULL, set_id {uuid} NOT NULL, recorded_by {uuid} NOT NULL,
            recorded_at {time} NOT NULL, voided_at {time})",
        "CREATE INDEX deliveries_exchanges_set ON deliveries_exchanges (set_id)",
        "CREATE INDEX deliveries_exchanges_stop ON deliveries_exchanges (stop_id)",
        "CREATE INDEX deliveries_exchanges_customer ON deliveries_exchanges (customer_id, recorded_at)",
        "CREATE TABLE deliveries_exchange_lines (
            id {uuid} PRIMARY KEY, exchange_id {uuid} NOT NULL REFERENCES deliveries_exchanges (id),
            direction text NOT NULL, product_id {uuid} NOT NULL REFERENCES orders_products (id), unit text NOT NULL,
            quantity_thousandths bigint NOT NULL, reason text, counts_in_return_rate boolean NOT NULL,
            borne_by text)",
        "CREATE INDEX deliveries_exchange_lines_exchange ON deliveries_exchange_lines (exchange_id)",
        "CREATE TABLE people_pins (
            user_id {uuid} PRIMARY KEY REFERENCES people_users (id), hash text NOT NULL, n_wrong integer NOT NULL,
            first_wrong_at {time}, locked_until {time}, set_by {uuid} NOT NULL, set_at {time} NOT NULL)",
        "ALTER TABLE people_sessions ADD COLUMN trip_id {uuid}",
        "ALTER TABLE visits ADD COLUMN checkout_at {time}",
        "ALTER TABLE visits ADD COLUMN received_at {time}",
        "UPDATE visits SET received_at = checked_in_at",
        "ALTER TABLE visits ADD COLUMN effective boolean",
        "ALTER TABLE visits ADD COLUMN why_not {json}",
        "ALTER TABLE visits ADD COLUMN flags {json}",
        "CREATE INDEX visits_day ON visits (user_id, customer_id, checked_in_at)",
        "CREATE INDEX visits_next ON visits (user_id, checked_in_at)",
    ],
    down: &[
        "DROP INDEX visits_next", "DROP INDEX visits_day", "ALTER TABLE visits DROP COLUMN flags",
        "ALTER TABLE visits DROP COLUMN why_not", "ALTER TABLE visits DROP COLUMN effective",
        "ALTER TABLE visits DROP COLUMN received_at", "ALTER TABLE visits DROP COLUMN checkout_at", "ALTER TABLE people_sessions DROP COLUMN trip_id",
        "people_pins", "deliveries_exchange_lines", "deliveries_exchanges", "deliveries_hand_ins",
        "deliveries_payments", "deliveries_billables", "deliveries_corrections", "deliveries_takes", "deliveries_stops",
        "deliveries_trips", "DELETE FROM settings_counters WHERE kind = 'TR'", "DROP INDEX deliveries_attempts_set",
        "ALTER TABLE deliveries_attempts DROP COLUMN received_at",
        "ALTER TABLE deliveries_attempts DROP COLUMN settled_at",
        "ALTER TABLE deliveries_attempts DROP COLUMN returns", "ALTER TABLE deliveries_attempts DROP COLUMN payment",
        "ALTER TABLE deliveries_attempts DROP COLUMN set_id", "DROP INDEX deliveries_overridden",
        "DROP INDEX deliveries_signed", "DROP INDEX deliveries_stop", "ALTER TABLE deliveries DROP COLUMN override_reason",
        "ALTER TABLE deliveries DROP COLUMN overridden_at", "ALTER TABLE deliveries DROP COLUMN overridden_by",
        "ALTER TABLE deliveries DROP COLUMN blocked_by", "ALTER TABLE deliveries DROP COLUMN invoicing",
        "ALTER TABLE deliveries DROP COLUMN stop_id",
    ],
};
