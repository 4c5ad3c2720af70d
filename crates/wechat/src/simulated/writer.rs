//! The one thread of this process that touches the file.

use std::{io, thread, time::Duration};

use anyhow::Result;
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use super::{
    call::Call,
    log::Log,
    platform::{Answer, Platform, Said},
};

/// How many calls share one lock and one sync, so that another process gets
/// its turn soon.
const BATCH: usize = 512;

/// A call and who wants to hear.
pub(super) struct Waiting {
    pub(super) call: Call,
    pub(super) now: DateTime<Utc>,
    pub(super) answer_to: oneshot::Sender<Answer>,
}

pub(super) struct Writer {
    log: Log,
    platform: Platform,
}

impl Writer {
    /// Reads the log, and starts the thread. It ends when nobody can call it.
    pub(super) fn start(log: Log, platform: Platform, queue_length: usize) -> Result<mpsc::Sender<Waiting>> {
        let mut writer = Self { log, platform };
        writer.commit(&[])?;
        let (calls, waiting) = mpsc::channel(queue_length);
        thread::Builder::new().name("wechat-sim".to_owned()).spawn(move || writer.run(waiting))?;
        Ok(calls)
    }

    fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::new();
        while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
            let answers = self.commit(&batch).unwrap_or_else(|error| self.give_up(&batch, &error));
            for (it, answer) in batch.drain(..).zip(answers) {
                // Whoever no longer waits does not want to hear.
                it.answer_to.send(answer).ok();
            }
        }
    }

    /// Decides all calls on what the file says now, and writes what they cause.
    fn commit(&mut self, batch: &[Waiting]) -> io::Result<Vec<Answer>> {
        self.log.lock()?;
        let answers = self.decide_and_write(batch);
        self.log.unlock()?;
        answers
    }

    fn decide_and_write(&mut self, batch: &[Waiting]) -> io::Result<Vec<Answer>> {
        let Self { log, platform } = self;
        if !log.is_continued()? {
            platform.forget();
            log.rewind();
        }
        log.catch_up(|event| platform.state.apply(&event))?;
        let mut lines = Vec::new();
        let answers = batch.iter().map(|it| platform.answer(&it.call, it.now, &mut lines)).collect();
        if !lines.is_empty() {
            log.append(&lines)?;
        }
        Ok(answers)
    }

    /// Some of the lines may be in the file, so what this process knows comes
    /// from there, and every message is in doubt.
    fn give_up(&mut self, batch: &[Waiting], error: &io::Error) -> Vec<Answer> {
        tracing::error!(%error, "the log of the simulated WeChat cannot be written");
        self.platform.forget();
        self.log.rewind();
        let why = format!("the log cannot be written: {error}");
        let lost =
            |_: &Waiting| Answer { said: Said::Down(why.clone()), delay: Duration::ZERO, pushes: Vec::new() };
        batch.iter().map(lost).collect()
    }
}
