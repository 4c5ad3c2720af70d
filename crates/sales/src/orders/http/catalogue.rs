//! Products, prices and promotions over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{PriceId, ProductId, PromotionId, RegionId};
use domain::money::{Quantity, UnitPrice};
use domain::orders::Pack;
use domain::writing::clean;
use domain::writing::is_blank;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::orders::rows::catalogue::{self, promotion};
use crate::orders::rows::{self, PriceFilter, PriceRow, product};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_products).service(get_price_lists).service(get_promotions).service(post_promotion);
}

/// Something that is sold.
#[derive(Serialize, ToSchema)]
struct ProductView {
    id: ProductId,
    external_id: Option<String>,
    name: String,
    /// The unit that everything is counted in.
    base_unit: String,
    /// `{unit, factor}` each: so many base units.
    #[schema(value_type = Vec<Object>)]
    packs: Vec<Pack>,
    /// Yuan for a base unit, before any agreement; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    list_price: Option<UnitPrice>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl ProductView {
    fn of(product: product::Model, sees_prices: bool) -> Self {
        Self {
            id: product.id,
            external_id: product.external_id,
            name: product.name,
            base_unit: product.base_unit,
            packs: product.packs.0,
            list_price: sees_prices.then_some(product.list_price_e4),
            created_at: product.created_at,
            version: product.version,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct ProductFilter {
    external_id: Option<String>,
}

/// The products.
#[utoipa::path(tag = "orders", params(Paging, ProductFilter), responses((status = 200, body = Page<ProductView>)))]
#[get("/products")]
async fn get_products(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<ProductFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let products = rows::products(app.db.conn(), filter.into_inner().external_id, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(
        window,
        products,
        |it| it.id.0,
        |it| ProductView::of(it, actor.sees_prices()),
    )))
}

/// A price of a product in a region and a tier.
#[derive(Serialize, ToSchema)]
struct PriceView {
    id: PriceId,
    external_id: Option<String>,
    /// Everywhere where absent.
    region_id: Option<RegionId>,
    /// Every tier where absent.
    price_tier: Option<String>,
    product_id: ProductId,
    product_name: String,
    unit: String,
    /// Yuan for one unit, with two to four decimals.
    #[schema(value_type = String)]
    list_price: UnitPrice,
    /// What nobody goes below unasked.
    #[schema(value_type = String)]
    floor_price: UnitPrice,
    /// What nobody goes above; open where absent.
    #[schema(value_type = Option<String>)]
    ceiling_price: Option<UnitPrice>,
    valid_from: NaiveDate,
    /// The last day; open where absent.
    valid_to: Option<NaiveDate>,
}

impl From<PriceRow> for PriceView {
    fn from(row: PriceRow) -> Self {
        let price = row.price;
        Self {
            id: price.id,
            external_id: price.external_id,
            region_id: price.region_id,
            price_tier: price.price_tier,
            product_id: price.product_id,
            product_name: row.product_name,
            unit: price.unit,
            list_price: price.list_price_e4,
            floor_price: price.floor_price_e4,
            ceiling_price: price.ceiling_price_e4,
            valid_from: price.valid_from,
            valid_to: price.valid_to,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct PriceListFilter {
    region_id: Option<RegionId>,
    price_tier: Option<String>,
    product_id: Option<ProductId>,
}

/// The prices of each region and tier.
#[utoipa::path(tag = "orders", params(Paging, PriceListFilter), responses((status = 200, body = Page<PriceView>)))]
#[get("/price-lists")]
async fn get_price_lists(
    app: Data<App>,
    _actor: Actor,
    paging: Paging,
    filter: Query<PriceListFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter =
        PriceFilter { region: filter.region_id, price_tier: filter.price_tier, product: filter.product_id };
    let prices = rows::prices(app.db.conn(), filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, prices, |it| it.price.id.0, PriceView::from)))
}

/// Buy so much of one product, get so much of another; in base units.
#[derive(Serialize, ToSchema)]
struct PromotionView {
    id: PromotionId,
    external_id: Option<String>,
    name: String,
    buy_product_id: ProductId,
    #[schema(value_type = String)]
    buy_quantity: Quantity,
    get_product_id: ProductId,
    #[schema(value_type = String)]
    get_quantity: Quantity,
    valid_from: NaiveDate,
    /// The last day; open where absent.
    valid_to: Option<NaiveDate>,
}

impl From<promotion::Model> for PromotionView {
    fn from(row: promotion::Model) -> Self {
        Self {
            id: row.id,
            external_id: row.external_id,
            name: row.name,
            buy_product_id: row.buy_product_id,
            buy_quantity: row.buy_thousandths,
            get_product_id: row.get_product_id,
            get_quantity: row.get_thousandths,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// The promotions, newest first.
#[utoipa::path(tag = "orders", params(Paging), responses((status = 200, body = Page<PromotionView>)))]
#[get("/promotions")]
async fn get_promotions(app: Data<App>, _actor: Actor, paging: Paging) -> Result<HttpResponse> {
    let window = paging.window()?;
    let promotions = catalogue::promotions(app.db.conn(), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, promotions, |it| it.id.0, PromotionView::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PromotionDraft {
    name: String,
    buy_product_id: ProductId,
    /// So many base units have to be bought.
    #[schema(value_type = String)]
    buy_quantity: Quantity,
    get_product_id: ProductId,
    /// So many base units are given each time.
    #[schema(value_type = String)]
    get_quantity: Quantity,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl PromotionDraft {
    fn faults(&self, known: &[product::Model]) -> Vec<FieldFault> {
        let is_unknown = |id: ProductId| !known.iter().any(|product| product.id == id);
        let wrong = [
            ("/name", "required", is_blank(&self.name)),
            ("/buy_product_id", "product_unknown", is_unknown(self.buy_product_id)),
            ("/get_product_id", "product_unknown", is_unknown(self.get_product_id)),
            ("/buy_quantity", "order_quantity_invalid", self.buy_quantity <= Quantity::ZERO),
            ("/get_quantity", "order_quantity_invalid", self.get_quantity <= Quantity::ZERO),
            ("/valid_to", "invalid_value", self.valid_to.is_some_and(|last| last < self.valid_from)),
        ];
        let wrong = wrong.into_iter().filter(|(_, _, is_wrong)| *is_wrong);
        wrong.map(|(pointer, code, _)| FieldFault::new(pointer, code)).collect()
    }
}

/// Makes a promotion that gifts can name.
#[utoipa::path(tag = "orders", request_body = PromotionDraft,
    responses((status = 201, body = PromotionView), (status = 422, body = Problem)))]
#[post("/promotions")]
async fn post_promotion(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: PromotionDraft| {
        let ids = [draft.buy_product_id, draft.get_product_id];
        let known = rows::products_among(tx.db(), &ids).await?;
        let faults = draft.faults(&known);
        if !faults.is_empty() {
            return Err(Error::Invalid("promotion_invalid", faults));
        }
        let row = promotion::Model {
            id: PromotionId(platform::new_id()),
            external_id: None,
            name: clean(&draft.name),
            buy_product_id: draft.buy_product_id,
            buy_thousandths: draft.buy_quantity,
            get_product_id: draft.get_product_id,
            get_thousandths: draft.get_quantity,
            valid_from: draft.valid_from,
            valid_to: draft.valid_to,
            created_by: call.actor.id,
            created_at: tx.now(),
        };
        catalogue::insert_promotion(tx.db(), row.clone()).await?;
        Ok(PromotionView::from(row))
    })
    .await
}
