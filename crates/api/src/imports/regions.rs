//! Regions: each below its parent, none below itself.

use std::collections::HashMap;

use domain::imports::{Fault, RegionRow, Row};
use domain::people::Role;
use platform::Tx;
use uuid::Uuid;

use super::judge::{Judged, Sheet, top_down};
use super::{known_ids, ours};
use crate::App;
use crate::people::rows::{RegionPlace, keep_others_out, places_of_regions, region, upsert_regions};

impl Sheet for RegionRow {
    const ID_COLUMN: &'static str = "region_code";

    fn of(row: &Row) -> Result<Self, Vec<Fault>> {
        Self::read(row)
    }

    fn external_id(&self) -> &str {
        &self.code
    }

    async fn judge(app: &App, _: Role, rows: Vec<Judged<Self>>) -> anyhow::Result<Vec<Judged<Self>>> {
        Ok(judged(rows, Tree::of(places_of_regions(app.db.conn()).await?)))
    }

    /// Two files, each right by itself, must not close a ring together.
    async fn recheck(tx: &Tx, _: Role, rows: &mut [Judged<Self>]) -> anyhow::Result<()> {
        keep_others_out(tx.db(), "people_regions").await?;
        Tree::of(places_of_regions(tx.db()).await?).put_all(rows);
        Ok(())
    }

    async fn store(tx: &Tx, rows: &[&Self]) -> anyhow::Result<()> {
        let codes =
            rows.iter().flat_map(|row| [Some(row.code.as_str()), row.parent.as_deref()]).flatten().collect();
        let mut ids = known_ids(tx.db(), "people_regions", codes).await?;
        for row in rows {
            ids.entry(row.code.clone()).or_insert_with(platform::new_id);
        }
        let models = rows.iter().map(|row| {
            Ok(region::Model {
                id: ids[&row.code],
                external_id: Some(row.code.clone()),
                name: row.name.clone(),
                parent_id: ours(&ids, row.parent.as_deref())?,
                created_at: tx.now(),
                version: 1,
            })
        });
        upsert_regions(tx.db(), models.collect::<anyhow::Result<_>>()?).await?;
        Ok(())
    }
}

/// The regions as they will stand, row after row.
struct Tree {
    ids: HashMap<String, Uuid>,
    parents: HashMap<Uuid, Uuid>,
}

impl Tree {
    fn of(places: Vec<RegionPlace>) -> Self {
        let parents = places.iter().filter_map(|it| Some((it.id, it.parent_id?))).collect();
        let ids = places.into_iter().filter_map(|it| Some((it.external_id?, it.id))).collect();
        Self { ids, parents }
    }

    /// Puts a region below its parent, or says why it cannot stand there.
    fn put(&mut self, code: &str, parent: Option<&str>) -> Option<Fault> {
        let id = self.ids.get(code).copied();
        let above = match parent {
            None => None,
            Some(parent) => {
                let Some(above) = self.ids.get(parent).copied() else {
                    return Some(Fault::new("parent_code", "region_unknown", parent));
                };
                if id.is_some_and(|id| self.is_below(above, id)) {
                    return Some(Fault::new("parent_code", "parent_ring", parent));
                }
                Some(above)
            }
        };
        let id = id.unwrap_or_else(platform::new_id);
        self.ids.insert(code.to_owned(), id);
        match above {
            Some(above) => self.parents.insert(id, above),
            None => self.parents.remove(&id),
        };
        None
    }

    /// Puts good rows one after another, and refuses those that cannot stand where they want to.
    fn put_all(&mut self, rows: &mut [Judged<RegionRow>]) {
        for judged in rows {
            let Ok(row) = &judged.outcome else { continue };
            let fault = self.put(&row.code, row.parent.as_deref());
            judged.refuse(fault.into_iter().collect());
        }
    }

    /// No way up is longer than there are parents: one that is goes round in a ring that stands already.
    fn is_below(&self, region: Uuid, other: Uuid) -> bool {
        let up = std::iter::successors(Some(region), |it| self.parents.get(it).copied());
        up.take(self.parents.len() + 1).any(|it| it == other)
    }
}

fn judged(rows: Vec<Judged<RegionRow>>, mut tree: Tree) -> Vec<Judged<RegionRow>> {
    let mut rows = top_down(rows, |it| it.parent.as_deref(), ("parent_code", "parent_ring"));
    tree.put_all(&mut rows);
    rows
}

#[cfg(test)]
mod tests {
    use super::super::file::lines;
    use super::super::judge::without_repeats;
    use super::*;

    fn check(stands: &[(&str, Option<&str>)], file: &str, expected: &[(u32, &str)]) {
        let mut tree = Tree::of(Vec::new());
        for (code, parent) in stands {
            assert_eq!(tree.put(code, *parent), None);
        }
        let rows = without_repeats(lines(file.as_bytes(), RegionRow::read).unwrap());
        let mut faults: Vec<_> = judged(rows, tree)
            .into_iter()
            .filter_map(|it| Some((it.row, it.outcome.err()?[0].code.clone())))
            .collect();
        faults.sort();
        let expected: Vec<_> = expected.iter().map(|(row, code)| (*row, (*code).to_owned())).collect();
        assert_eq!(faults, expected, "{file}");
    }

    #[test]
    fn a_parent_may_stand_anywhere() {
        let file = "region_code,name,parent_code\nR3,c,R2\nR2,b,R1\nR1,a,\nR4,d,R0\n";
        check(&[("R0", None)], file, &[]);
        check(&[], file, &[(5, "region_unknown")]);
    }

    #[test]
    fn below_a_row_that_is_refused_nothing_stands() {
        check(
            &[],
            "region_code,name,parent_code\nR1,a,R9\nR2,b,R1\nR2,b,\n",
            &[(2, "region_unknown"), (3, "region_unknown"), (4, "duplicate_row")],
        );
    }

    #[test]
    fn a_ring_that_stands_already_is_walked_once() {
        let (one, other) = (platform::new_id(), platform::new_id());
        let place = |id, code: &str, parent| RegionPlace {
            id,
            external_id: Some(code.to_owned()),
            parent_id: Some(parent),
        };
        let tree = Tree::of(vec![place(one, "R1", other), place(other, "R2", one)]);
        assert!(tree.is_below(one, other));
        assert!(!tree.is_below(one, platform::new_id()));
    }

    #[test]
    fn nothing_stands_below_itself() {
        let ring = "region_code,name,parent_code\nR1,a,R2\nR2,b,R1\n";
        check(&[], ring, &[(2, "parent_ring"), (3, "parent_ring")]);
        let stands = [("R1", None), ("R2", Some("R1"))];
        check(&stands, "region_code,name,parent_code\nR1,a,R2\n", &[(2, "parent_ring")]);
        check(&stands, "region_code,name,parent_code\nR1,a,R2\nR2,b,\n", &[]);
    }
}
