//! Everything that was filed with a customer: photos and documents in one list.

use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::page::Window;
use crate::select::Select;

/// A photo or a document.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Filed {
    pub id: Uuid,
    /// `photo` or `file`.
    pub form: String,
    /// A photo's purpose; `document`.
    pub kind: String,
    pub content_type: String,
    pub name: Option<String>,
    pub verdict: Option<String>,
    pub subject_type: Option<String>,
    pub subject_id: Option<Uuid>,
    pub user_id: Uuid,
    pub received_at: DateTime<Utc>,
}

const FILED: &str = "SELECT * FROM (\
    SELECT id, 'photo' AS form, purpose AS kind, format AS content_type, CAST(NULL AS text) AS name, verdict, \
    subject_type, subject_id, user_id, received_at FROM evidence_photos WHERE customer_id = ? \
    UNION ALL SELECT id, 'file', 'document', content_type, name, NULL, NULL, NULL, user_id, received_at \
    FROM evidence_files WHERE customer_id = ?) AS filed";

/// A page of what is filed with a customer, of one kind where it is named.
pub async fn filed(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    kind: Option<String>,
    window: Window,
) -> Result<Vec<Filed>, DbErr> {
    Select::new("")
        .then(FILED, [customer.0.into(), customer.0.into()])
        .and_if("kind = ?", kind)
        .window("id", window)
        .all(db)
        .await
}
