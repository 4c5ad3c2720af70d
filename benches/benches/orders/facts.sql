WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS depth FROM people_regions WHERE id = '{region}'
    UNION ALL SELECT upper.id, upper.parent_id, above.depth + 1 FROM people_regions upper
    JOIN above ON upper.id = above.parent_id WHERE above.depth < 20),
nearest AS (SELECT id, min(depth) AS depth FROM above GROUP BY id)
SELECT product.id AS product_id, product.name AS product_name, product.base_unit, product.packs,
    price.region_id, nearest.depth, price.price_tier, price.unit, price.floor_price_e4,
    price.ceiling_price_e4, price.valid_from, price.valid_to,
    held.reserved_fen, held.unbilled_fen, held.receivable_fen, held.credited_fen, held.received_fen,
    turnover.delivered_fen, turnover.returned_fen
FROM orders_products product
CROSS JOIN (SELECT CAST(COALESCE(sum(delivered_fen), 0) AS bigint) AS delivered_fen,
    CAST(COALESCE(sum(returned_fen), 0) AS bigint) AS returned_fen
    FROM orders_turnover WHERE customer_id = CAST({customer} AS uuid)
    AND day > current_date - 366 AND day <= current_date - 1) turnover
LEFT JOIN orders_exposure held ON held.customer_id = CAST({customer} AS uuid)
LEFT JOIN orders_prices price ON price.product_id = product.id
    AND (price.price_tier IS NULL OR price.price_tier = '{tier}')
    AND price.valid_from <= current_date AND (price.valid_to IS NULL OR price.valid_to >= current_date)
    AND (price.region_id IS NULL OR price.region_id IN (SELECT id FROM nearest))
LEFT JOIN nearest ON nearest.id = price.region_id
WHERE product.id IN ({products})
