//! The review desk: what waits for the caller's look.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rows::reviews::{self, Review, Wanted};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::page::{Counted, Page, Paging};

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filter {
    /// `open` unless said, or `done`.
    status: Option<String>,
    /// Of one region.
    region_id: Option<Uuid>,
    /// What it is about: `visit` or `delivery`.
    kind: Option<String>,
}

impl Filter {
    fn wanted(&self, page: Counted) -> Result<Wanted> {
        let status = self.status.as_deref().unwrap_or("open");
        if !["open", "done"].contains(&status) {
            return Err(Error::field("/status", "invalid_parameter"));
        }
        Ok(Wanted {
            status: status.to_owned(),
            region: self.region_id,
            subject_type: self.kind.clone(),
            limit: page.limit,
            skipped: page.skipped,
        })
    }
}

/// A look at evidence that is asked for.
#[derive(Serialize, ToSchema)]
struct ReviewView {
    id: Uuid,
    approval_id: Uuid,
    status: String,
    subject_type: String,
    subject_id: Uuid,
    customer_id: Option<Uuid>,
    region_id: Option<Uuid>,
    initiator_id: Uuid,
    title: String,
    summary: String,
    /// The machine's, which a decision may overrule.
    verdict: Option<String>,
    #[schema(value_type = Vec<String>)]
    reasons: Value,
    #[schema(value_type = Vec<Uuid>)]
    photo_ids: Value,
    due_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<Review> for ReviewView {
    fn from(mut review: Review) -> Self {
        let mut list = |name: &str| match review.facts.get_mut(name).map(Value::take) {
            Some(Value::Array(items)) => Value::Array(items),
            _ => Value::Array(Vec::new()),
        };
        let (reasons, photo_ids) = (list("reasons"), list("photo_ids"));
        let verdict = review.facts.get("verdict").and_then(Value::as_str).map(str::to_owned);
        Self {
            id: review.id,
            approval_id: review.approval_id,
            status: review.status,
            subject_type: review.subject_type,
            subject_id: review.subject_id,
            customer_id: review.customer_id,
            region_id: review.region_id,
            initiator_id: review.initiator_id,
            title: review.title,
            summary: review.summary,
            verdict,
            reasons,
            photo_ids,
            due_at: review.due_at,
            created_at: review.created_at,
        }
    }
}

/// What waits for the caller's look: what the machine rejected first, then what is due first.
#[utoipa::path(tag = "evidence", params(Paging, Filter),
    responses((status = 200, body = Page<ReviewView>), (status = 422, body = Problem)))]
#[get("/reviews")]
pub(super) async fn get_reviews(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<Filter>,
) -> Result<HttpResponse> {
    let page = paging.counted()?;
    let found = reviews::of(app.db.conn(), actor.id, &filter.wanted(page)?).await?;
    Ok(HttpResponse::Ok().json(Page::counted(page, found, ReviewView::from)))
}
