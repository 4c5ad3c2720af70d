//! Writes a quote, changes it by a new version, sends it, and calls it off.

use domain::ids::{CustomerId, OpportunityId, ProductId, QuoteId, RegionId};
use domain::money::Fen;
use domain::orders::{self as rules, Line, Product, Units};
use domain::quotes::{self as quote_rules, Status, Step};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::advance;
use super::rows::{self, line, quote};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};
use crate::{App, opportunities, texts};

/// What somebody offers.
#[derive(Debug)]
pub struct Draft {
    pub customer: CustomerId,
    pub opportunity: Option<OpportunityId>,
    pub lines: Vec<Line>,
}

/// Writes the first version. The customer has a file that the actor sees.
pub async fn write(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<QuoteId> {
    let customer = customers::rows::visible(tx.db(), actor, draft.customer).await?;
    let customer = customer.ok_or_else(|| Error::field("/customer_id", "customer_unknown"))?;
    check_opportunity(tx, draft).await?;
    let id = QuoteId(platform::new_id());
    let (lines, total) = line_rows(tx, (id, 1), &draft.lines).await?;
    let event = Event::about("quotes.written", Some(actor.id), ("quote", id.0)).at(draft.customer);
    settings::record(tx, event.with(json!({"total": total, "revision": 1}))).await?;
    let row = quote::Model {
        id: id.0,
        number: settings::next_number(app, tx, "QT", local_date(tx.now())).await?,
        external_id: None,
        customer_id: draft.customer.0,
        opportunity_id: draft.opportunity.map(|id| id.0),
        region_id: customer.region_id,
        owner_id: customer.owner_id.unwrap_or(actor.id.0),
        status: Status::Draft.name().to_owned(),
        revision: 1,
        total_fen: total.0,
        sent_at: None,
        due_at: None,
        next_rung_at: None,
        rung: 0,
        signed_at: None,
        signer_name: None,
        signed_by: None,
        photo_ids: json!([]),
        voided_at: None,
        order_id: None,
        created_by: actor.id.0,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    rows::insert(tx.db(), row).await?;
    rows::insert_lines(tx.db(), lines).await?;
    Ok(id)
}

async fn check_opportunity(tx: &Tx, draft: &Draft) -> Result<()> {
    let Some(id) = draft.opportunity else { return Ok(()) };
    let found = opportunities::rows::among(tx.db(), &[id.0]).await?;
    let is_theirs = found.first().is_some_and(|it| it.customer_id == draft.customer.0);
    if is_theirs { Ok(()) } else { Err(Error::field("/opportunity_id", "opportunity_unknown")) }
}

/// Other lines: a new version, to be sent anew. The links of the old one open no more. The quote is locked.
pub async fn revise(tx: &Tx, actor: &Actor, mut quote: quote::Model, lines: &[Line]) -> Result<()> {
    advance(tx, &mut quote, Step::Revise).await?;
    let id = QuoteId(quote.id);
    quote.revision += 1;
    let (lines, total) = line_rows(tx, (id, quote.revision), lines).await?;
    quote.total_fen = total.0;
    (quote.sent_at, quote.due_at, quote.rung) = (None, None, 0);
    rows::insert_lines(tx.db(), lines).await?;
    rows::update(tx.db(), &quote).await?;
    let event = Event::about("quotes.revised", Some(actor.id), ("quote", id.0));
    let facts = json!({"total": total, "revision": quote.revision});
    settings::record(tx, event.at(CustomerId(quote.customer_id)).with(facts)).await
}

/// The lines of a version as rows, with their sum; everything that is wrong with them.
async fn line_rows(
    tx: &Tx,
    (id, revision): (QuoteId, i32),
    lines: &[Line],
) -> Result<(Vec<line::Model>, Fen)> {
    let mut ids: Vec<Uuid> = lines.iter().map(|line| line.product.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(201);
    let found = if ids.is_empty() { Vec::new() } else { rows::products(tx.db(), &ids).await? };
    let product = |row: &rows::ProductRow| {
        let packs = serde_json::from_value(row.packs.clone()).unwrap_or_default();
        Product { id: ProductId(row.id), units: Units { base: row.base_unit.clone(), packs } }
    };
    let products: Vec<Product> = found.iter().map(product).collect();
    // A promotion is checked when an order is made of it.
    let promotions: Vec<_> = lines.iter().filter_map(|line| line.promotion).collect();
    if let Err(faults) = rules::validate(lines, &products, &promotions) {
        return Err(refused(&faults));
    }
    let (amounts, total) = rules::priced(lines).map_err(|refusal| Error::field("/lines", refusal.code()))?;
    let name = |id: ProductId| found.iter().find(|row| row.id == id.0).map(|row| row.name.clone());
    let row = |((line, amount), line_no): ((&Line, &Fen), i32)| line::Model {
        id: platform::new_id(),
        quote_id: id.0,
        revision,
        line_no,
        product_id: line.product.0,
        product_name: name(line.product).unwrap_or_default(),
        unit: line.unit.clone(),
        quantity_thousandths: line.quantity.0,
        unit_price_e4: line.unit_price.0,
        discount_ppm: line.discount.0,
        promotion_id: line.promotion.map(|id| id.0),
        amount_fen: amount.0,
    };
    Ok((lines.iter().zip(&amounts).zip(1..).map(row).collect(), total))
}

/// Lines that cannot be offered or ordered at all, each with where it stands.
pub fn refused(faults: &[rules::LineFault]) -> Error {
    let code = faults.first().map_or("invalid_value", |fault| fault.refusal.code());
    let named = faults.iter().map(|fault| {
        let pointer = match fault.field {
            "" => "/lines".to_owned(),
            field => format!("/lines/{}/{field}", fault.place),
        };
        FieldFault::new(pointer, fault.refusal.code())
    });
    Error::Invalid(code, named.collect())
}

/// It goes to the customer, and the 48 hours begin. The quote is locked.
pub async fn send(app: &App, tx: &Tx, actor: &Actor, mut quote: quote::Model) -> Result<()> {
    advance(tx, &mut quote, Step::Send).await?;
    let due_at = tx.now() + quote_rules::TO_SIGN;
    (quote.sent_at, quote.due_at, quote.rung) = (Some(tx.now()), Some(due_at), 0);
    let calendars = settings::calendars(app, tx.db()).await?;
    let calendar = calendars.of(Some(RegionId(quote.region_id)));
    quote.next_rung_at = quote_rules::next_rung_at(calendar, tx.now(), 0);
    rows::update(tx.db(), &quote).await?;
    let customer = CustomerId(quote.customer_id);
    let entry = Entry {
        customer,
        kind: "quote_sent",
        title: texts::quote_sent(&quote.number),
        subject: ("quote", quote.id),
        actor: Some(actor.id),
        facts: json!({"total": Fen(quote.total_fen), "revision": quote.revision}),
    };
    customers::file(tx, entry).await?;
    let event = Event::about("quotes.sent", Some(actor.id), ("quote", quote.id)).at(customer);
    let facts = json!({"node": "quote_sign", "due_at": due_at, "revision": quote.revision});
    settings::record(tx, event.with(facts)).await
}

/// It counts no more. The quote is locked.
pub async fn void(tx: &Tx, actor: &Actor, mut quote: quote::Model) -> Result<()> {
    advance(tx, &mut quote, Step::Void).await?;
    quote.voided_at = Some(tx.now());
    rows::update(tx.db(), &quote).await?;
    let event = Event::about("quotes.voided", Some(actor.id), ("quote", quote.id));
    settings::record(tx, event.at(CustomerId(quote.customer_id))).await
}
