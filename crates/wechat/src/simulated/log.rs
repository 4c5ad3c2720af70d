//! The file all processes share: one event a line.
//!
//! A process killed while it writes leaves a torn last line. Nobody else writes
//! while the lock is held, so whoever finds one ends it; a line that is no event
//! is no line.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::Path,
};

use super::event::{Event, SentRecord};

pub(super) struct Log {
    file: File,
    /// How far this process knows the file.
    read_to: u64,
}

impl Log {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        Ok(Self { file, read_to: 0 })
    }

    /// Keeps all other processes from the file until `unlock`.
    pub(super) fn lock(&self) -> io::Result<()> {
        self.file.lock()
    }

    pub(super) fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }

    /// Whether what this process knows is still in the file; somebody may have
    /// emptied it.
    pub(super) fn is_continued(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() >= self.read_to)
    }

    /// Reads from the start again.
    pub(super) fn rewind(&mut self) {
        self.read_to = 0;
    }

    /// Takes in what others appended. Needs the lock.
    pub(super) fn catch_up(&mut self, take: impl FnMut(Event)) -> io::Result<()> {
        (&self.file).seek(SeekFrom::Start(self.read_to))?;
        let read = each_event(BufReader::new(&self.file), take)?;
        self.read_to += read.n_bytes;
        if read.is_torn {
            self.write(b"\n")?;
        }
        Ok(())
    }

    /// Appends the events and waits until they are on the disk. Needs the lock.
    pub(super) fn append(&mut self, events: &[Event]) -> io::Result<()> {
        let mut lines = Vec::new();
        for event in events {
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
        }
        self.write(&lines)?;
        self.file.sync_data()
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        self.file.write_all(lines)?;
        self.read_to += lines.len() as u64;
        Ok(())
    }
}

/// The messages accepted since the last reset. Needs no lock: a line that is
/// still being written is torn, and nobody has been told of it.
pub(super) fn sent(path: &Path) -> io::Result<Vec<SentRecord>> {
    let mut sent = Vec::new();
    each_event(BufReader::new(File::open(path)?), |event| match event {
        Event::Sent(record) => sent.push(record),
        Event::Reset { .. } => sent.clear(),
        _ => {}
    })?;
    Ok(sent)
}

struct Read {
    n_bytes: u64,
    is_torn: bool,
}

/// A torn line that happens to be an event counts, here as for every reader
/// who comes after its end was added.
fn each_event(mut reader: impl BufRead, mut take: impl FnMut(Event)) -> io::Result<Read> {
    let mut read = Read { n_bytes: 0, is_torn: false };
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        read.n_bytes += line.len() as u64;
        read.is_torn = line.last() != Some(&b'\n');
        if let Ok(event) = serde_json::from_slice(&line) {
            take(event);
        }
        line.clear();
    }
    Ok(read)
}
