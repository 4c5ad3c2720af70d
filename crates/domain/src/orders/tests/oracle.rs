//! The guard over the loaded histories whose figures are known, read where they lie; a line says so where they do not.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::*;
use crate::working_time::local_date;

/// The rows of a file, each by the names of its columns.
fn rows(path: &Path, columns: &[&str]) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    let places: Vec<usize> =
        columns.iter().map(|name| header.iter().position(|it| it == name).unwrap()).collect();
    lines.map(cells).map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for it in line.chars() {
        match it {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse::<DateTime<chrono::FixedOffset>>().ok().map(|it| it.to_utc())
}

fn fen(text: &str) -> Fen {
    text.parse().unwrap()
}

/// An id for each name.
fn id(name: &str) -> Uuid {
    let bytes = name.bytes().fold(0_u128, |id, byte| id * 256 + u128::from(byte));
    Uuid::from_u128(bytes)
}

struct Order {
    id: String,
    region: String,
    submitted_at: DateTime<Utc>,
    released_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    amount: Fen,
    signed_at: Option<DateTime<Utc>>,
    approved_at: Option<DateTime<Utc>>,
    lines: Vec<Line>,
}

#[derive(Default)]
struct Customer {
    limit: Fen,
    return_limit: Percent,
    /// In order of submission.
    orders: Vec<Order>,
    payments: Vec<(DateTime<Utc>, Fen)>,
    returns: Vec<(DateTime<Utc>, Fen)>,
}

impl Customer {
    /// Formula 10 over the first `n` orders; `until` tells what was known.
    fn exposure(&self, n: usize, until: DateTime<Utc>) -> Fen {
        let known = self.orders[..n].iter().filter(|it| it.submitted_at <= until);
        let orders = known.flat_map(|it| {
            let is_cancelled = it.cancelled_at.is_some_and(|at| at <= until);
            [Some(Posting::Submitted(it.amount)), is_cancelled.then_some(Posting::Released(it.amount))]
        });
        let until_then = |rows: &[(DateTime<Utc>, Fen)]| -> Vec<Fen> {
            rows.iter().filter(|(at, _)| *at <= until).map(|(_, amount)| *amount).collect()
        };
        let payments = until_then(&self.payments).into_iter().map(Posting::Received);
        let returns = until_then(&self.returns).into_iter().map(Posting::Credited);
        let buckets = Buckets::fold(orders.flatten().chain(payments).chain(returns)).unwrap();
        buckets.total().unwrap()
    }

    /// Formula 9.
    fn turnover(&self, last: NaiveDate) -> Turnover {
        let (before, last) = window(last);
        let is_in = |at: DateTime<Utc>| (before..=last).contains(&local_date(at)) && local_date(at) > before;
        let signed = self.orders.iter().filter(|it| it.signed_at.is_some_and(is_in));
        let returned = self.returns.iter().filter(|(at, _)| is_in(*at));
        Turnover {
            delivered: Fen(signed.map(|it| it.amount.0).sum()),
            returned: Fen(returned.map(|it| it.1.0).sum()),
        }
    }
}

struct Slice {
    folder: PathBuf,
    customers: BTreeMap<String, Customer>,
    policies: HashMap<ProductId, Vec<Policy>>,
}

fn slice(name: &str) -> Option<Slice> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    if !folder.join("expected-compliance.json").exists() {
        println!("shared/data/{name} is absent: its figures are left out");
        return None;
    }
    let read = |name: &str, columns: &[&str]| rows(&folder.join(name), columns);
    let mut customers: BTreeMap<String, Customer> = BTreeMap::new();
    for row in read("customers.csv", &["customer_id", "credit_limit", "return_rate_limit_pct"]) {
        let customer =
            Customer { limit: fen(&row[1]), return_limit: row[2].parse().unwrap(), ..Customer::default() };
        customers.insert(row[0].clone(), customer);
    }
    for row in read("payments.csv", &["customer_id", "received_at", "amount"]) {
        customers.get_mut(&row[0]).unwrap().payments.push((instant(&row[1]).unwrap(), fen(&row[2])));
    }
    for row in read("returns.csv", &["customer_id", "credited_at", "amount"]) {
        let credited_at = instant(&row[1]);
        customers.get_mut(&row[0]).unwrap().returns.extend(credited_at.map(|at| (at, fen(&row[2]))));
    }
    for (customer, order) in orders(&folder) {
        customers.get_mut(&customer).unwrap().orders.push(order);
    }
    for customer in customers.values_mut() {
        customer
            .orders
            .sort_by(|one, other| (one.submitted_at, &one.id).cmp(&(other.submitted_at, &other.id)));
    }
    let policies = policies(&folder);
    Some(Slice { folder, customers, policies })
}

fn policies(folder: &Path) -> HashMap<ProductId, Vec<Policy>> {
    let columns = ["product_id", "region_code", "floor_price", "valid_from", "valid_to"];
    let mut policies: HashMap<ProductId, Vec<Policy>> = HashMap::new();
    for row in rows(&folder.join("price_policies.csv"), &columns) {
        let product = ProductId(id(&row[0]));
        let region = (!row[1].is_empty()).then(|| RegionId(id(&row[1])));
        let valid_to = row[4].parse().ok();
        let policy = Policy { region, valid_from: day(&row[3]), valid_to, ..floor(product, "件", &row[2]) };
        policies.entry(product).or_default().push(policy);
    }
    policies
}

fn orders(folder: &Path) -> Vec<(String, Order)> {
    let read = |name: &str, columns: &[&str]| rows(&folder.join(name), columns);
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    for row in
        read("order_lines.csv", &["order_id", "product_id", "qty", "unit_price", "discount_pct", "amount"])
    {
        let discount = row[4].parse().unwrap();
        let line = Line { discount, ..line(ProductId(id(&row[1])), &row[2], "件", &row[3]) };
        assert_eq!(line.amount(), Some(fen(&row[5])), "{row:?}");
        lines.entry(row[0].clone()).or_default().push(line);
    }
    let signed = read("deliveries.csv", &["order_id", "signed_at"]).into_iter();
    let signed: HashMap<String, _> = signed.map(|row| (row[0].clone(), instant(&row[1]))).collect();
    let approved = read("approvals.csv", &["approval_id", "result", "decided_at"]).into_iter();
    let approved: HashMap<String, _> = approved
        .filter(|row| row[1] == "approved")
        .map(|row| (row[0].clone(), instant(&row[2]).unwrap()))
        .collect();
    let columns = [
        "order_id",
        "customer_id",
        "region_code",
        "submitted_at",
        "released_at",
        "cancelled_at",
        "amount",
        "special_approval_id",
    ];
    let orders = read("orders.csv", &columns).into_iter().map(|row| {
        let order = Order {
            region: row[2].clone(),
            submitted_at: instant(&row[3]).unwrap(),
            released_at: instant(&row[4]),
            cancelled_at: instant(&row[5]),
            amount: fen(&row[6]),
            signed_at: signed.get(&row[0]).copied().flatten(),
            approved_at: approved.get(&row[7]).copied(),
            lines: lines.remove(&row[0]).unwrap_or_default(),
            id: row[0].clone(),
        };
        (row[1].clone(), order)
    });
    orders.collect()
}

impl Slice {
    fn expected(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.folder.join(format!("expected-{name}.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn findings(&self, customer: &Customer, place: usize) -> Vec<Finding> {
        let order = &customer.orders[place];
        let on = local_date(order.submitted_at);
        let units = Units { base: "件".to_owned(), packs: Vec::new() };
        let products = order.lines.iter().map(|it| Product { id: it.product, units: units.clone() });
        let products: Vec<Product> = products.collect();
        let policies = order.lines.iter().flat_map(|it| self.policies.get(&it.product).into_iter().flatten());
        let policies: Vec<Policy> = policies.cloned().collect();
        let region = RegionId(id(&order.region));
        let facts = Facts {
            credit: Credit {
                is_used: true,
                limit: customer.limit,
                temporary: Fen::ZERO,
                exposure: customer.exposure(place, order.submitted_at),
                overdue_days: None,
            },
            turnover: customer.turnover(on.pred_opt().unwrap()),
            return_limit: Some(customer.return_limit),
            buyer: Buyer { regions: &[region], tier: "", day: on },
            ship_to: region,
            products: &products,
            policies: &policies,
            promotions: &[],
        };
        check(&order.lines, order.amount, &facts, &OrderChecks::default())
    }
}

fn check_compliance(name: &str) {
    let Some(slice) = slice(name) else { return };
    let expected = slice.expected("compliance");
    let mut groups: BTreeMap<(String, String), [u64; 6]> = BTreeMap::new();
    let mut noncompliant = Vec::new();
    for customer in slice.customers.values() {
        for (place, order) in customer.orders.iter().enumerate() {
            let Some(released_at) = order.released_at else { continue };
            let findings = slice.findings(customer, place);
            let failed = [Rule::Credit, Rule::ReturnRate, Rule::Price]
                .map(|rule| findings.iter().any(|finding| finding.rule == rule));
            let is_clean = !failed.contains(&true);
            let is_compliant = is_clean || order.approved_at.is_some_and(|at| at <= released_at);
            let month = local_date(released_at).format("%Y-%m").to_string();
            let counts = [true, is_compliant, failed[0], failed[1], failed[2], !is_clean];
            let (region, all) = (order.region.clone(), "ALL".to_owned());
            for group in [(month.clone(), region), (month, all.clone()), (all.clone(), all)] {
                for (n, is_counted) in groups.entry(group).or_default().iter_mut().zip(counts) {
                    *n += u64::from(is_counted);
                }
            }
            if !is_compliant {
                noncompliant.push(json!({
                    "order": order.id, "credit": failed[0], "returns": failed[1], "price": failed[2],
                }));
            }
        }
    }
    let known = expected["groups"].as_array().unwrap();
    assert_eq!(groups.len(), known.len());
    for known in known {
        let of = |name: &str| known[name].as_str().unwrap().to_owned();
        let names =
            ["released", "compliant", "failed_credit", "failed_returns", "failed_price", "failed_any"];
        let figures = names.map(|name| known[name].as_u64().unwrap());
        assert_eq!(groups[&(of("month"), of("region"))], figures, "{name} {known}");
    }
    noncompliant.sort_by(|one, other| one["order"].as_str().cmp(&other["order"].as_str()));
    noncompliant.truncate(200);
    assert_eq!(json!(noncompliant), expected["first_200_noncompliant"]);
    for sample in expected["exposure_before_samples"].as_array().unwrap() {
        let find = |customer: &Customer| {
            let place = customer.orders.iter().position(|it| sample["order"] == it.id)?;
            Some(customer.exposure(place, customer.orders[place].submitted_at))
        };
        let exposure = slice.customers.values().find_map(find).unwrap();
        assert_eq!(sample["exposure_before"], exposure.to_string(), "{sample}");
    }
}

fn check_exposure(name: &str) {
    let Some(slice) = slice(name) else { return };
    for known in slice.expected("exposure")["instants"].as_array().unwrap() {
        let at = instant(known["at"].as_str().unwrap()).unwrap();
        let exposures: BTreeMap<&str, (Fen, Fen)> = slice
            .customers
            .iter()
            .map(|(name, it)| (name.as_str(), (it.exposure(it.orders.len(), at), it.limit)))
            .collect();
        let total = Fen(exposures.values().map(|(exposure, _)| exposure.0).sum());
        assert_eq!(known["total"], total.to_string(), "{at}");
        let n_over = exposures.values().filter(|(exposure, limit)| exposure > limit).count();
        let n_negative = exposures.values().filter(|(exposure, _)| *exposure < Fen::ZERO).count();
        assert_eq!(known["customers_over_limit"], n_over);
        assert_eq!(known["customers_negative"], n_negative);
        for (customer, exposure) in known["samples"].as_object().unwrap() {
            assert_eq!(*exposure, exposures[customer.as_str()].0.to_string(), "{customer} {at}");
        }
    }
}

fn check_returns(name: &str) {
    let Some(slice) = slice(name) else { return };
    for known in slice.expected("returns").as_array().unwrap() {
        let last = day(known["as_of"].as_str().unwrap());
        let turnovers: BTreeMap<&str, Turnover> =
            slice.customers.iter().map(|(name, it)| (name.as_str(), it.turnover(last))).collect();
        let delivered: i64 = turnovers.values().map(|it| it.delivered.0).sum();
        let returned: i64 = turnovers.values().filter(|it| it.delivered.0 > 0).map(|it| it.returned.0).sum();
        assert_eq!(known["total_delivered"], Fen(delivered).to_string(), "{last}");
        assert_eq!(known["total_returned"], Fen(returned).to_string(), "{last}");
        let n = turnovers.values().filter(|it| it.delivered.0 > 0).count();
        assert_eq!(known["customers_with_deliveries"], n);
        for row in known["nonzero"].as_array().unwrap() {
            let turnover = turnovers[row["customer"].as_str().unwrap()];
            assert_eq!(row["returned"], turnover.returned.to_string(), "{row}");
            assert_eq!(row["delivered"], turnover.delivered.to_string(), "{row}");
            let (returned, delivered) = turnover.rate(None).unwrap();
            let hundredths = (returned * 20_000 + delivered).div_euclid(delivered * 2);
            let rate = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            assert_eq!(row["rate_pct"], serde_json::from_str::<Value>(&rate).unwrap(), "{row}");
        }
    }
}

#[test]
fn the_seed_history_gives_the_known_figures() {
    check_compliance("seed");
    check_exposure("seed");
    check_returns("seed");
}

#[test]
fn the_public_history_gives_the_known_figures() {
    check_compliance("public");
    check_exposure("public");
    check_returns("public");
}
