//! Asks the platforms, a few pushes at a time: each turn writes down the answers that came and marks the next few, in one
//! transaction, while the others are still out. A worker that dies leaves no more unknown than were marked.

use std::collections::{HashSet, VecDeque};
use std::mem::take;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use uuid::Uuid;

use super::begin::Ready;
use super::{Again, Later, Outcome, UNDER_WAY, conclude, deliver, took};
use crate::App;
use crate::notices::rows::push::{self, Push};

/// Pushes that are marked and not concluded at one moment, in the whole process.
const AT_ONCE: usize = 8;

/// Sends what is ready. Returns those that have to be tried again, with the time.
pub(super) async fn ask(app: &App, ready: Vec<Ready>) -> anyhow::Result<Later> {
    if ready.is_empty() {
        return Ok(Later::new());
    }
    // The next batch is made ready meanwhile; one after the other they need half the transactions.
    let _turn = app.pushing.lock().await;
    let mut batch = Batch::of(app, ready);
    let done = batch.send().await;
    if done.is_err() {
        // Nothing more is asked, and what was is not given up.
        batch.waiting.clear();
        while let Some(answer) = batch.asked.next().await {
            batch.answered.push(answer);
        }
        batch.turn().await?;
    }
    done.map(|()| batch.later)
}

struct Batch<'a> {
    app: &'a App,
    waiting: VecDeque<Ready>,
    /// Whom something is on its way to: WeChat refuses concurrent calls for the same openid.
    people: HashSet<Uuid>,
    asked: FuturesUnordered<BoxFuture<'a, (Push, Outcome)>>,
    answered: Vec<(Push, Outcome)>,
    later: Later,
}

impl<'a> Batch<'a> {
    fn of(app: &'a App, ready: Vec<Ready>) -> Self {
        Self {
            app,
            waiting: ready.into(),
            people: HashSet::new(),
            asked: FuturesUnordered::new(),
            answered: Vec::new(),
            later: Later::new(),
        }
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        while !(self.waiting.is_empty() && self.asked.is_empty() && self.answered.is_empty()) {
            self.turn().await?;
            if self.answered.is_empty()
                && let Some(answer) = self.asked.next().await
            {
                self.answered.push(answer);
            }
            while let Some(Some(answer)) = self.asked.next().now_or_never() {
                self.answered.push(answer);
            }
        }
        Ok(())
    }

    /// Writes down the answers that are there, marks as many others and asks for them; answers come in meanwhile.
    async fn turn(&mut self) -> anyhow::Result<()> {
        let answered = take(&mut self.answered);
        let n_under_way = self.asked.len();
        for (push, _) in &answered {
            self.people.remove(&push.recipient_id);
        }
        let next = self.next_few(AT_ONCE.saturating_sub(n_under_way));
        let started = Instant::now();
        let app = self.app;
        let turned = {
            let turn = insist(app, &answered, next.iter().map(|it| it.push.id).collect());
            tokio::pin!(turn);
            loop {
                tokio::select! {
                    turned = &mut turn => break turned,
                    Some(answer) = self.asked.next(), if !self.asked.is_empty() => self.answered.push(answer),
                }
            }
        };
        took("mark", started);
        let turned = match turned {
            Ok(turned) => turned,
            Err(fault) => {
                self.answered.extend(answered);
                return Err(fault);
            }
        };
        self.later.extend(turned.later);
        for Ready { push, address } in next {
            if turned.marked.contains(&push.id) {
                self.asked.push(Box::pin(async move {
                    let outcome = deliver::deliver(app, &push, &address).await;
                    (push, outcome)
                }));
            } else {
                // Somebody else has it; what became of it is seen when that is over.
                self.people.remove(&push.recipient_id);
                self.later.insert(push.id, Again::At(turned.at + UNDER_WAY));
            }
        }
        Ok(())
    }

    /// The next ones, no two to the same person and none to whom something is on its way.
    fn next_few(&mut self, n_most: usize) -> Vec<Ready> {
        let mut next = Vec::new();
        let mut passed = VecDeque::new();
        while next.len() < n_most
            && let Some(ready) = self.waiting.pop_front()
        {
            if self.people.insert(ready.push.recipient_id) {
                next.push(ready);
            } else {
                passed.push_back(ready);
            }
        }
        passed.append(&mut self.waiting);
        self.waiting = passed;
        next
    }
}

/// What a turn came to.
struct Turned {
    marked: Vec<Uuid>,
    later: Later,
    at: DateTime<Utc>,
}

/// What the platforms said is not to be had again: a hiccup of the database must not turn it into an unknown outcome.
async fn insist(app: &App, answered: &[(Push, Outcome)], next: Vec<Uuid>) -> anyhow::Result<Turned> {
    for _ in 0..3 {
        match turn(app, answered, &next).await {
            Ok(turned) => return Ok(turned),
            Err(fault) => {
                tracing::warn!(error = format!("{fault:#}"), "writing down what WeChat said failed")
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    turn(app, answered, &next).await
}

async fn turn(app: &App, answered: &[(Push, Outcome)], next: &[Uuid]) -> anyhow::Result<Turned> {
    let tx = app.db.begin().await?;
    let later = conclude::conclude(app, &tx, answered).await?;
    let marked = push::advance(tx.db(), next, "ready", "sending", tx.now()).await?;
    let at = tx.now();
    tx.commit().await?;
    Ok(Turned { marked, later, at })
}
