-- The same statements in one call to the server.
CREATE FUNCTION place(run int, client int, k int, customer_number int, answer text) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    o uuid := lpad(run::text, 8, '0') || '-' || lpad(client::text, 4, '0') || '-7000-9000-' || lpad(k::text, 12, '0');
    buyer uuid := '00000000-0000-7000-8000-' || lpad(customer_number::text, 12, '0');
    told record;
    counted bigint;
BEGIN
    SELECT people_users.*, trip_id INTO told FROM people_users JOIN people_sessions ON user_id = people_users.id
        WHERE digest = '{digest}' AND expires_at > now();
    INSERT INTO idempotency_keys (actor, key, digest, status, body, created_at)
        VALUES ('{actor}', o::text, '{digest}', 0, '', now()) ON CONFLICT (actor, key) DO NOTHING;
    {standing_into};
    FOR told IN {facts} LOOP END LOOP;
    INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, credited_fen, received_fen,
        changed_at) VALUES (buyer, {total}, 0, 0, 0, 0, now())
        ON CONFLICT (customer_id) DO UPDATE SET reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen,
        unbilled_fen = orders_exposure.unbilled_fen + excluded.unbilled_fen,
        receivable_fen = orders_exposure.receivable_fen + excluded.receivable_fen,
        credited_fen = orders_exposure.credited_fen + excluded.credited_fen,
        received_fen = orders_exposure.received_fen + excluded.received_fen, changed_at = excluded.changed_at;
    INSERT INTO customers_timeline (id, customer_id, at, kind, title, subject_type, subject_id, actor_id, facts)
        VALUES (replace(o::text, '-7000-', '-7006-')::uuid, buyer, now(), 'order_placed', '{title}', 'order', o,
        '{actor}', '{"total": "72.91", "status": "accepted"}');
    INSERT INTO settings_events (id, recorded_at, name, actor_id, subject_type, subject_id, customer_id, facts)
        VALUES (replace(o::text, '-7000-', '-7007-')::uuid, now(), 'orders.placed', '{actor}', 'order', o, buyer,
        '{"total": "72.91", "status": "accepted"}');
    INSERT INTO orders (id, number, customer_id, region_id, rep_id, entered_by, status, total_fen, submitted_at,
        created_at, updated_at, version, bill_to_id, content_hash, accepted_at)
        VALUES (o, o::text, buyer, '{region}', '{actor}', '{actor}', 'accepted', {total}, now(),
        now(), now(), 1, buyer, '{digest}', now());
    INSERT INTO orders_lines (id, order_id, line_no, product_id, unit, quantity_thousandths, unit_price_e4, amount_fen,
        accepted_thousandths, rejected_thousandths, discount_ppm, returned_thousandths)
        VALUES {lines};
    INSERT INTO settings_counters (kind, day, n) VALUES ('SO', current_date, 1)
        ON CONFLICT (kind, day) DO UPDATE SET n = settings_counters.n + 1 RETURNING n INTO counted;
    UPDATE orders SET number = 'SO-B' || lpad(counted::text, 8, '0') WHERE id = o;
    UPDATE idempotency_keys SET status = 201, body = answer WHERE actor = '{actor}' AND key = o::text;
END $$
