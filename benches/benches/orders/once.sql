-- The limit: an order of five lines checked whole and written in one call, by statements as lean as they come. The
-- payer's row is locked; credit, return rate and regional price are checked; a to-do is opened where something is
-- over. No session, key, event or number in a row: whatever a server adds to this is its own.
CREATE TABLE bench_todos (id uuid PRIMARY KEY, order_id uuid NOT NULL, findings text NOT NULL,
    opened_at timestamptz NOT NULL);
CREATE FUNCTION place(run int, client int, k int, customer_number int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    o uuid := lpad(run::text, 8, '0') || '-' || lpad(client::text, 4, '0') || '-7000-9000-' || lpad(k::text, 12, '0');
    buyer uuid := '00000000-0000-7000-8000-' || lpad(customer_number::text, 12, '0');
    products uuid[] := ARRAY[{products}];
    units text[] := ARRAY[{units}];
    prices bigint[] := ARRAY[{prices}];
    total bigint := {total};
    payer customers;
    held bigint;
    sold record;
    n_dear int;
    outcome text;
BEGIN
    SELECT * INTO payer FROM customers WHERE id = buyer FOR NO KEY UPDATE;
    SELECT reserved_fen + unbilled_fen + receivable_fen - credited_fen - received_fen INTO held
        FROM orders_exposure WHERE customer_id = buyer;
    SELECT COALESCE(sum(delivered_fen), 0) AS delivered, COALESCE(sum(returned_fen), 0) AS returned INTO sold
        FROM orders_turnover WHERE customer_id = buyer AND day > current_date - 366 AND day < current_date;
    SELECT count(*) INTO n_dear FROM unnest(products, units, prices) AS line (product, unit, price)
        CROSS JOIN LATERAL (SELECT floor_price_e4, ceiling_price_e4 FROM orders_prices policy
            WHERE policy.product_id = line.product AND policy.unit = line.unit
            AND (policy.region_id IS NULL OR policy.region_id = payer.region_id)
            AND (policy.price_tier IS NULL OR policy.price_tier = payer.price_tier)
            AND policy.valid_from <= current_date AND (policy.valid_to IS NULL OR policy.valid_to >= current_date)
            ORDER BY policy.region_id IS NULL LIMIT 1) nearest
        WHERE line.price < nearest.floor_price_e4 OR line.price > nearest.ceiling_price_e4;
    outcome := CASE WHEN COALESCE(held, 0) + total > payer.credit_limit_fen OR n_dear > 0
        OR sold.returned * 1000000 > sold.delivered * COALESCE(payer.return_rate_limit_ppm, 50000)
        THEN 'pending_special_approval' ELSE 'accepted' END;
    INSERT INTO orders (id, number, customer_id, region_id, rep_id, entered_by, status, total_fen, submitted_at,
        created_at, updated_at, version, bill_to_id, accepted_at)
        VALUES (o, o::text, buyer, payer.region_id, payer.owner_id, payer.owner_id, outcome, total, now(),
        now(), now(), 1, buyer, now());
    INSERT INTO orders_lines (id, order_id, line_no, product_id, unit, quantity_thousandths, unit_price_e4, amount_fen,
        discount_ppm)
        SELECT overlay(o::text placing n::text from 18 for 1)::uuid, o, n, product, unit, 5000, price,
            price * 5 / 100, 0
        FROM unnest(products, units, prices) WITH ORDINALITY AS line (product, unit, price, n);
    INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, credited_fen, received_fen,
        changed_at) VALUES (buyer, total, 0, 0, 0, 0, now()) ON CONFLICT (customer_id)
        DO UPDATE SET reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen,
        changed_at = excluded.changed_at;
    IF outcome <> 'accepted' THEN
        INSERT INTO bench_todos VALUES (o, o, outcome, now());
    END IF;
    RETURN outcome;
END $$
