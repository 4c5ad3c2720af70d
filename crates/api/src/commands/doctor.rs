//! Checks everything a configuration names, and says what to fix.

use anyhow::{Context, bail};
use chrono::{DateTime, Days, Utc};
use domain::working_time::local_date;
use migrations::{Migrator, MigratorTrait};
use platform::blob::Blobs;
use platform::queue::{Health, Queue};
use platform::{Clock, Db, sql};
use sea_orm::ConnectionTrait;

use crate::config::{Config, Mode};
use crate::{App, approvals, evidence, notices, settings, start};

/// What is looked at besides what always is: both take as long as there is much of it.
#[derive(Clone, Copy, Debug)]
pub struct Deep {
    /// Every stored file is read.
    pub reads_blobs: bool,
    /// The chain of every decision is verified.
    pub audits: bool,
}

/// Prints a line a check. True when all is well.
pub async fn doctor(loaded: anyhow::Result<Config>, deep: Deep) -> anyhow::Result<bool> {
    let config = match loaded {
        Ok(config) => config,
        Err(fault) => {
            report("configuration", &Err(fault), "see config/default.toml for every setting");
            return Ok(false);
        }
    };
    report("configuration", &Ok("read and valid".to_owned()), "");
    let mut is_well = true;
    let mut check = |name: &str, result: anyhow::Result<String>, fix: &str| {
        is_well &= result.is_ok();
        report(name, &result, fix);
    };
    let db = database(&config).await;
    match &db {
        Ok(_) => check("database", Ok("answers".to_owned()), ""),
        Err(fault) => check(
            "database",
            Err(anyhow::anyhow!("{fault:#}")),
            "set GUGAN__DATABASE__URL, and see that it runs",
        ),
    }
    if let Ok(db) = &db {
        let schema = schema(db).await;
        let is_migrated = schema.is_ok();
        check("schema", schema, "run `gugan migrate`");
        check("queue", queue(&config, db).await, "set GUGAN__REDIS__URL, and see that Redis runs");
        check("clock", clock(db).await, "synchronise the clocks (chrony or systemd-timesyncd)");
        // Without its tables a database has nothing else to say.
        if is_migrated {
            check(
                "calendar",
                calendar(db).await,
                "have operations publish this year's working calendar (/config/calendar)",
            );
        }
    }
    check(
        "blobs",
        blobs(&config).await,
        "set GUGAN__BLOBS__URL and the AWS variables, and see that it can be written to",
    );
    if let Ok(db) = &db {
        check(
            "wechat",
            wechat(&config, db).await,
            "check GUGAN__WECHAT__APP_ID, __SECRET and the IP allow-list",
        );
    }
    beware(&config);
    if let (Ok(db), true) = (&db, deep.audits) {
        check("decisions", approvals::audit(db).await, "somebody changed the records: compare with a backup");
    }
    if let (Ok(db), true) = (&db, deep.reads_blobs) {
        check("stored files", stored_files(&config, db).await, "restore them from a backup");
    }
    Ok(is_well)
}

fn report(name: &str, result: &anyhow::Result<String>, fix: &str) {
    match result {
        Ok(text) => println!("ok    {name:<14} {text}"),
        Err(fault) => println!("WRONG {name:<14} {fault:#}\n      {:<14} to fix: {fix}", ""),
    }
}

/// Nothing is broken, and yet somebody must know.
fn beware(config: &Config) {
    if config.lets_anybody_in() {
        println!(
            "BEWARE wechat        simulated outside development: whoever reaches this server logs in as anybody, so it \
             serves this machine alone\n                     to fix: set GUGAN__WECHAT__MODE=live before others work with it"
        );
    }
}

async fn database(config: &Config) -> anyhow::Result<Db> {
    let db = Db::connect(&config.database_url(), 2, Clock::system()).await?;
    db.conn().query_one_raw(sql(db.conn(), "SELECT 1", [])).await.context("asking the database")?;
    Ok(db)
}

async fn schema(db: &Db) -> anyhow::Result<String> {
    let pending =
        Migrator::get_pending_migrations(db.conn().inner()).await.context("reading the schema's version")?;
    match pending.len() {
        0 => Ok("up to date".to_owned()),
        n => bail!("{n} steps are missing"),
    }
}

async fn queue(config: &Config, db: &Db) -> anyhow::Result<String> {
    if config.redis_url().is_none() {
        return Ok("in process".to_owned());
    }
    match Queue::connect(config.redis_url(), db).await?.health().await {
        Health::Degraded => bail!("Redis does not answer; work goes on more slowly by polling"),
        _ => Ok("Redis answers".to_owned()),
    }
}

async fn clock(db: &Db) -> anyhow::Result<String> {
    if !db.is_postgres() {
        return Ok("the database uses this machine's".to_owned());
    }
    let row = db.conn().query_one_raw(sql(db.conn(), "SELECT clock_timestamp() AS now", [])).await?;
    let theirs: DateTime<Utc> = row.context("asking for the time")?.try_get("", "now")?;
    let skew_ms = (Clock::real() - theirs).num_milliseconds();
    if skew_ms.abs() > 2_000 {
        bail!("this machine is {skew_ms} ms from the database");
    }
    Ok(format!("{skew_ms} ms from the database"))
}

async fn calendar(db: &Db) -> anyhow::Result<String> {
    let calendars = settings::read_calendars(db.conn()).await;
    let calendars = calendars.map_err(|fault| anyhow::anyhow!("{fault}"))?;
    // Every region speaks for the same years.
    let company = calendars.of(None);
    let today = local_date(Clock::real());
    company.is_working_day(today)?;
    let ahead = today.checked_add_days(Days::new(30)).unwrap_or(today);
    Ok(match company.is_working_day(ahead) {
        Ok(_) => "published for the coming month".to_owned(),
        Err(missing) => format!("ends soon: {missing}"),
    })
}

async fn blobs(config: &Config) -> anyhow::Result<String> {
    Blobs::open(&config.blobs_url()?)?.check().await?;
    Ok("written, read and removed".to_owned())
}

async fn stored_files(config: &Config, db: &Db) -> anyhow::Result<String> {
    let app = App::with_db(config.clone(), db.clone(), start::PARTS).await?;
    let found = evidence::audit(&app).await?;
    let (n_missing, n_corrupt) = (found.missing.len(), found.corrupt.len());
    let counts = format!(
        "{} whole, {n_missing} missing, {n_corrupt} corrupt, {} of nobody",
        found.n_whole, found.n_orphans
    );
    if n_missing + n_corrupt > 0 {
        let named: Vec<_> = found.missing.iter().chain(&found.corrupt).take(10).cloned().collect();
        bail!("{counts}: {}", named.join(", "));
    }
    Ok(counts)
}

async fn wechat(config: &Config, db: &Db) -> anyhow::Result<String> {
    if config.wechat.mode == Mode::Simulated {
        return Ok("simulated: nothing leaves this machine".to_owned());
    }
    let app = App::with_db(config.clone(), db.clone(), start::PARTS).await?;
    let accepted = app.wechat.check().await?;
    let faults = notices::template_faults(&config.wechat.templates, &app.wechat.templates().await?);
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(format!("{accepted}, and our templates fit"))
}
