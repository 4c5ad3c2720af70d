-- What `gugan` sends for one order of five lines that passes, statement by statement, in its order.
\set k :k + 1
\set c random(1, 2000)
SELECT people_users.*, trip_id,
    lpad(CAST(:run AS text), 8, '0') || '-' || lpad(CAST(:client_id AS text), 4, '0') || '-7000-9000-'
        || lpad(CAST(:k AS text), 12, '0') AS o,
    '00000000-0000-7000-8000-' || lpad(CAST(:c AS text), 12, '0') AS customer
FROM people_users JOIN people_sessions ON user_id = people_users.id
WHERE digest = '{digest}' AND expires_at > now() \gset
BEGIN;
INSERT INTO idempotency_keys (actor, key, digest, status, body, created_at)
VALUES ('{actor}', :o, '{digest}', 0, '', now()) ON CONFLICT (actor, key) DO NOTHING;
{standing};
{facts};
INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, credited_fen, received_fen,
    changed_at) VALUES (CAST(:customer AS uuid), {total}, 0, 0, 0, 0, now())
ON CONFLICT (customer_id) DO UPDATE SET reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen,
    unbilled_fen = orders_exposure.unbilled_fen + excluded.unbilled_fen,
    receivable_fen = orders_exposure.receivable_fen + excluded.receivable_fen,
    credited_fen = orders_exposure.credited_fen + excluded.credited_fen,
    received_fen = orders_exposure.received_fen + excluded.received_fen, changed_at = excluded.changed_at;
INSERT INTO customers_timeline (id, customer_id, at, kind, title, subject_type, subject_id, actor_id, facts)
VALUES (CAST(replace(:o, '-7000-', '-7006-') AS uuid), CAST(:customer AS uuid), now(), 'order_placed', '{title}',
    'order', CAST(:o AS uuid), '{actor}', '{"total": "72.91", "status": "accepted"}');
INSERT INTO settings_events (id, recorded_at, name, actor_id, subject_type, subject_id, customer_id, facts)
VALUES (CAST(replace(:o, '-7000-', '-7007-') AS uuid), now(), 'orders.placed', '{actor}', 'order',
    CAST(:o AS uuid), CAST(:customer AS uuid), '{"total": "72.91", "status": "accepted"}');
INSERT INTO orders (id, number, customer_id, region_id, rep_id, entered_by, status, total_fen, submitted_at,
    created_at, updated_at, version, bill_to_id, content_hash, accepted_at)
VALUES (CAST(:o AS uuid), :o, CAST(:customer AS uuid), '{region}', '{actor}', '{actor}', 'accepted', {total}, now(),
    now(), now(), 1, CAST(:customer AS uuid), '{digest}', now());
INSERT INTO orders_lines (id, order_id, line_no, product_id, unit, quantity_thousandths, unit_price_e4, amount_fen,
    accepted_thousandths, rejected_thousandths, discount_ppm, returned_thousandths)
VALUES {lines};
INSERT INTO settings_counters (kind, day, n) VALUES ('SO', current_date, 1)
ON CONFLICT (kind, day) DO UPDATE SET n = settings_counters.n + 1 RETURNING n \gset
UPDATE orders SET number = 'SO-B' || lpad(CAST(:n AS text), 8, '0') WHERE id = CAST(:o AS uuid);
UPDATE idempotency_keys SET status = 201, body = :body WHERE actor = '{actor}' AND key = :o;
COMMIT;
