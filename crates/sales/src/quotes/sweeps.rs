//! A quote that is not signed reminds its owner at half of the 48 hours, and the superior at their end.

use chrono::{DateTime, Utc};
use domain::ids::{QuoteId, RegionId, UserId};
use domain::notices::{Matter, Message};
use domain::quotes::{self as rules, Rung};
use domain::working_time::local_date;
use platform::Tx;
use platform::sweeps::Sweep;

use super::rows::{self, quote};
use super::sign::matter;
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::{App, people, settings, texts};

/// Reminds of whatever has reached its next rung.
pub struct Remind;

const BATCH: u64 = 200;

#[async_trait::async_trait]
impl Sweep<App> for Remind {
    fn name(&self) -> &'static str {
        "quotes.remind"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(rows::next_rung(app.db.conn()).await?)
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_reminded = 0;
        loop {
            let tx = app.db.begin().await?.at(at);
            let due = rows::at_rung(tx.db(), at, BATCH).await?;
            if due.is_empty() {
                return Ok(n_reminded);
            }
            n_reminded += due.len() as u64;
            for quote in due {
                remind(app, &tx, quote).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            }
            tx.commit().await?;
        }
    }
}

async fn remind(app: &App, tx: &Tx, mut quote: quote::Model) -> Result<()> {
    let owner = UserId(quote.owner_id);
    let named = rows::named(tx.db(), QuoteId(quote.id)).await?;
    let title = texts::quote_unsigned(&named.map(|it| it.customer_name).unwrap_or_default());
    let page = format!("pages/quotes/detail?id={}", quote.id);
    let said = Matter { title: &title, summary: &quote.number, page: &page, due_at: quote.due_at };
    let told = match rules::rung_above(quote.rung) {
        Some(Rung::Owner) => Some((owner, domain::notices::todo_reminder(&said, 50))),
        Some(Rung::Superior) => superior(tx, owner, &said).await?,
        None => None,
    };
    quote.rung += 1;
    let calendars = settings::calendars(app, tx.db()).await?;
    let calendar = calendars.of(Some(RegionId(quote.region_id)));
    quote.next_rung_at = quote.sent_at.and_then(|at| rules::next_rung_at(calendar, at, quote.rung));
    rows::update(tx.db(), &quote).await?;
    let Some((recipient, message)) = told else { return Ok(()) };
    let subject = Some(("quote", quote.id));
    let notice = Notice { recipient, matter: matter(quote.id), rung: quote.rung, subject, message };
    notices::tell(app, tx, &[notice]).await
}

/// The superior hears whose quote it is; at the top of the company the owner is reminded.
async fn superior(tx: &Tx, owner: UserId, said: &Matter<'_>) -> Result<Option<(UserId, Message)>> {
    let Some(user) = people::superior(tx.db(), owner, local_date(tx.now())).await? else {
        return Ok(Some((owner, domain::notices::todo_reminder(said, 100))));
    };
    let names = people::rows::names(tx.db(), &[owner.0]).await?;
    let name = names.get(&owner.0).map(String::as_str).unwrap_or_default();
    Ok(Some((UserId(user.id), domain::notices::todo_escalated(said, name))))
}
