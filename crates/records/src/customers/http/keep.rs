//! Files made and changed by hand, and the stores of a chain.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post, put};
use domain::customers::By;
use domain::identifiers::check_uscc;
use domain::ids::CustomerId;
use platform::Tx;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::{CustomerView, Today};
use crate::App;
use crate::actor::{Actor, Call};
use crate::customers::alike::{Alike, alike};
use crate::customers::draft::Draft;
use crate::customers::keep::{create, edit};
use crate::customers::rows::{self, change, customer};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::page::{Page, Paging};
use crate::texts::ANOTHERS_CUSTOMER;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_customer).service(put_customer).service(get_ship_to);
}

/// A known customer that the file may be.
#[derive(Serialize, ToSchema)]
struct DuplicateView {
    /// Absent where it is another person's.
    id: Option<Uuid>,
    name: String,
    /// What they share: `uscc`, `phone`, `name` (in the district) or `place` (and a similar name).
    #[schema(value_type = Vec<String>)]
    by: Vec<By>,
    /// Why there is no more to see.
    note: Option<&'static str>,
}

impl From<Alike> for DuplicateView {
    fn from(it: Alike) -> Self {
        let note = it.id.is_none().then_some(ANOTHERS_CUSTOMER);
        Self { id: it.id, name: it.name, by: it.by, note }
    }
}

/// A file as it was kept, with what is worth a look.
#[derive(Serialize, ToSchema)]
struct KeptView {
    #[serde(flatten)]
    customer: CustomerView,
    /// Known customers that it may be. They keep nobody from saving it.
    duplicates: Vec<DuplicateView>,
    /// What was kept all the same.
    warnings: Vec<FieldFault>,
}

async fn kept(tx: &Tx, actor: &Actor, customer: customer::Model) -> Result<KeptView> {
    let duplicates = alike(tx, actor, &customer).await?.into_iter().map(DuplicateView::from).collect();
    let is_wrong = customer.uscc.as_deref().is_some_and(|code| check_uscc(code).is_err());
    let warnings = is_wrong.then(|| FieldFault::new("/uscc", "uscc_invalid")).into_iter().collect();
    let customer = Today::at(tx.db(), tx.now(), actor).await?.view(customer);
    Ok(KeptView { customer, duplicates, warnings })
}

/// Makes a file; one that the other system's id knows already is changed and answered with 200.
#[utoipa::path(tag = "customers", request_body = Draft,
    responses((status = 201, body = KeptView), (status = 200, body = KeptView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/customers")]
async fn post_customer(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once_told(&app, async |tx, draft: Draft| {
        let made = create(&app, tx, &call.actor, &draft).await?;
        let status = if made.is_new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, kept(tx, &call.actor, made.customer).await?))
    })
    .await
}

/// Changes the fields that are given and leaves the others; `null` empties one.
#[utoipa::path(tag = "customers", request_body = Draft,
    responses((status = 200, body = KeptView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[put("/customers/{id}")]
async fn put_customer(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Draft| {
        let known = change::locked_visible(tx.db(), &call.actor, CustomerId(*id)).await?;
        let known = known.ok_or(Error::NotFound)?;
        call.check_version(known.version)?;
        if draft.external_id.is_some() && draft.external_id != known.external_id {
            return Err(Error::field("/external_id", "value_unknown"));
        }
        let changed = edit(&app, tx, &call.actor, (known, &draft)).await?;
        kept(tx, &call.actor, changed).await
    })
    .await
}

/// The stores that a chain pays for, as far as the caller sees them.
#[utoipa::path(tag = "customers", params(Paging),
    responses((status = 200, body = Page<CustomerView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/ship-to")]
async fn get_ship_to(app: Data<App>, actor: Actor, id: Path<Uuid>, paging: Paging) -> Result<HttpResponse> {
    let window = paging.window()?;
    let payer = CustomerId(*id);
    rows::visible(app.db.conn(), &actor, payer).await?.ok_or(Error::NotFound)?;
    let stores = change::ship_to(app.db.conn(), &actor, payer, window).await?;
    let today = Today::of(&app, &actor).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, stores, |it| it.id, |it| today.view(it))))
}
