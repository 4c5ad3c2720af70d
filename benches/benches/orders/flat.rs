//! The pace of a working day among orders that are stored already: it must not matter how many.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use benches::{Load, PostgresMeter, paced};
use sea_orm::ConnectionTrait;

use crate::company::Company;
use crate::limit::Limit;
use crate::{measured, milliseconds};

const PACE: u32 = 20;
/// Longer than this nobody waits for orders that are only there to be in the way.
const PATIENCE: Duration = Duration::from_secs(240);

/// Orders after `{0}` up to `{1}`, delivered one a day by each customer, with their lines, their days and what they
/// hold. References are sound by themselves, so that nobody needs to check six million of them.
const STORED: &str = "BEGIN; SET LOCAL session_replication_role = replica; \
    CREATE TEMPORARY TABLE stored ON COMMIT DROP AS SELECT n, \
    CAST('00000000-0001-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid) AS id, \
    CAST('00000000-0000-7000-8000-' || lpad(CAST(n % 2000 + 1 AS text), 12, '0') AS uuid) AS customer_id, \
    current_date - CAST(n / 2000 AS int) - 1 AS day FROM generate_series({0} + 1, {1}) n; \
    INSERT INTO orders (id, number, customer_id, region_id, rep_id, entered_by, status, total_fen, submitted_at, \
    delivered_on, created_at, updated_at, version, bill_to_id, accepted_at, dispatch) \
    SELECT id, CAST(id AS text), customer_id, '{region}', '{actor}', '{actor}', 'delivered', 7291, day, day, day, day, 1, \
    customer_id, day, 'ended' FROM stored; \
    INSERT INTO orders_lines (id, order_id, line_no, product_id, unit, quantity_thousandths, unit_price_e4, \
    amount_fen, accepted_thousandths) \
    SELECT CAST('00000000-000' || line + 1 || right(CAST(stored.id AS text), 23) AS uuid), stored.id, line, \
    product.id, product.base_unit, 5000, 20000, 1458, 5000 FROM stored CROSS JOIN generate_series(1, 5) line \
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM orders_products) product ON place = line \
    ORDER BY n, line; \
    INSERT INTO orders_turnover (customer_id, day, delivered_fen, returned_fen) \
    SELECT customer_id, day, 7291, 0 FROM stored ON CONFLICT DO NOTHING; \
    INSERT INTO orders_exposure SELECT customer_id, 0, count(*) * 7291, 0, 0, 0, now() FROM stored GROUP BY 1 \
    ON CONFLICT (customer_id) DO UPDATE SET unbilled_fen = orders_exposure.unbilled_fen + excluded.unbilled_fen; \
    COMMIT";

pub(crate) async fn stored(program: &OsStr, n_most: u64, seconds: u64) -> anyhow::Result<()> {
    if n_most < 1_000 {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let company = Company::found(program, folder.path()).await?;
    company.order(&company.serve(program, folder.path(), true).await?, 0).await?;
    let mut limit = Limit::write(&company, folder.path()).await?;
    println!("\n{PACE} orders a second among orders that are stored, {seconds} s each");
    let (mut n_stored, mut took_last) = (0, Duration::ZERO);
    for n in [1_000, 100_000, 1_000_000].into_iter().filter(|n| *n <= n_most) {
        let expected = took_last * u32::try_from(n / u64::max(n_stored, 1))?;
        if expected > PATIENCE {
            println!("{n}: left out, storing them would take {} s", expected.as_secs());
            continue;
        }
        let started = Instant::now();
        company.store((n_stored, n)).await?;
        (n_stored, took_last) = (n, started.elapsed());
        company.rest().await?;
        let name = format!("{n} ({:.0} s to store)", took_last.as_secs_f64());
        at_pace(&company, program, &mut limit, (&name, folder.path(), seconds)).await?;
    }
    Ok(())
}

impl Company {
    async fn store(&self, (after, to): (u64, u64)) -> anyhow::Result<()> {
        let text = STORED.replace("{0}", &after.to_string()).replace("{1}", &to.to_string());
        let text = text.replace("{region}", &self.region).replace("{actor}", &self.actor);
        self.conn.execute_unprepared(&text).await?;
        Ok(())
    }
}

async fn at_pace(
    company: &Company,
    program: &OsStr,
    limit: &mut Limit<'_>,
    (name, data_dir, seconds): (&str, &std::path::Path, u64),
) -> anyhow::Result<()> {
    let server = company.serve(program, data_dir, true).await?;
    let order = async |number: u64| company.order(&server, number).await.map(drop);
    paced(PACE, 3 * PACE, order).await?;
    let postgres = PostgresMeter::start(&company.conn).await?;
    let n_orders = PACE * u32::try_from(seconds)?;
    let ours = measured(&server, postgres, async || paced(PACE, n_orders, order).await).await?;
    limit.run(8, 3, Some(PACE))?;
    let at_once = limit.run(8, u32::try_from(seconds)?, Some(PACE))?;
    let memory = ours.memory_mb.unwrap_or_default();
    let tell = |load: &Load| {
        format!("p50 {:.1} ms, p99 {:.1} ms", milliseconds(load.at(500)), milliseconds(load.at(990)))
    };
    println!(
        "{name}: {}, {:.2} CPU ms with the database, {} MB (at most {})",
        tell(&ours.load),
        ours.all_cpu_ms(),
        memory.0,
        memory.1
    );
    println!("{:12}the limit: {}", "", tell(&at_once));
    Ok(())
}
