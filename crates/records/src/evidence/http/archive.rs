//! The evidence archive of a customer: it fills itself from every step.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rows::archive::{Filed, filed};
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::{App, customers};

#[derive(Deserialize, utoipa::IntoParams)]
struct ArchiveFilter {
    /// A photo's purpose, or `document`.
    kind: Option<String>,
}

/// A photo or a document.
#[derive(Serialize, ToSchema)]
struct FiledView {
    id: Uuid,
    /// `photo` or `file`: where its content is read, `/photos/{id}/content` or `/files/{id}/content`.
    form: String,
    /// A photo's purpose, or `document`.
    kind: String,
    content_type: String,
    name: Option<String>,
    verdict: Option<String>,
    subject_type: Option<String>,
    subject_id: Option<Uuid>,
    user_id: Uuid,
    received_at: DateTime<Utc>,
}

impl From<Filed> for FiledView {
    fn from(it: Filed) -> Self {
        Self {
            id: it.id,
            form: it.form,
            kind: it.kind,
            content_type: it.content_type,
            name: it.name,
            verdict: it.verdict,
            subject_type: it.subject_type,
            subject_id: it.subject_id,
            user_id: it.user_id,
            received_at: it.received_at,
        }
    }
}

/// What is filed with a customer, newest first.
#[utoipa::path(tag = "evidence", params(Paging, ArchiveFilter),
    responses((status = 200, body = Page<FiledView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/evidence")]
pub(super) async fn get_archive(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
    filter: Query<ArchiveFilter>,
) -> Result<HttpResponse> {
    let (db, window) = (app.db.conn(), paging.window()?);
    let customer = CustomerId(*id);
    customers::rows::visible(db, &actor, customer).await?.ok_or(Error::NotFound)?;
    let found = filed(db, customer, filter.into_inner().kind, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, found, |it| it.id, FiledView::from)))
}
