//! A CSV file as the rows a spreadsheet shows.

use csv::{Reader, ReaderBuilder, StringRecord};
use domain::imports::{Fault, Kind, Row};
use domain::writing::is_blank;

use super::said;
use crate::error::{Error, FieldFault, Result};

/// Refuses what cannot be read as a file of this kind at all.
pub fn check(bytes: &[u8], kind: Kind) -> Result<()> {
    if is_archive(bytes) {
        return Err(Error::Unsupported("content_type_unsupported"));
    }
    let unreadable = || Error::field("/file", "import_unreadable");
    let text = text(bytes).ok_or_else(unreadable)?;
    let header = header(&mut reader(text)).ok_or_else(unreadable)?;
    let missing: Vec<FieldFault> = kind
        .required_columns()
        .iter()
        .filter(|names| !names.iter().any(|name| header.iter().any(|it| it == *name)))
        .map(|names| FieldFault {
            pointer: "/file".to_owned(),
            code: "import_column_missing".to_owned(),
            detail: said("import_column_missing", names[0]),
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::Invalid("import_column_missing", missing)) }
}

/// XLSX is a zip archive.
fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") && bytes.get(2).is_none_or(|byte| *byte < b' ')
}

/// The text without its byte order mark. A zero byte cannot be stored as text.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (!text.contains('\0')).then_some(text)
}

fn reader(text: &str) -> Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

fn header(reader: &mut Reader<&[u8]>) -> Option<StringRecord> {
    let mut header = StringRecord::new();
    let has_one = reader.read_record(&mut header).ok()?;
    header.trim();
    (has_one && header.iter().any(|name| !name.is_empty())).then_some(header)
}

/// A row of the file, as far as it can be read.
#[derive(Debug)]
pub struct Line<T> {
    /// The row a spreadsheet shows; the header is row 1.
    pub row: u32,
    /// What stands there, or what is wrong with it.
    pub read: std::result::Result<T, Vec<Fault>>,
}

/// All rows but the header and blank ones. None when the file cannot be read at all.
pub fn lines<T>(
    bytes: &[u8],
    read: impl Fn(&Row) -> std::result::Result<T, Vec<Fault>>,
) -> Option<Vec<Line<T>>> {
    let text = text(bytes)?;
    let has_open_quote = !text.bytes().filter(|byte| *byte == b'"').count().is_multiple_of(2);
    let mut reader = reader(text);
    let header = header(&mut reader)?;
    let mut row = blank_lines(text, 0) + 1;
    let mut lines = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let before = blank_lines(text, usize::try_from(reader.position().byte()).ok()?);
        if !reader.read_record(&mut record).ok()? {
            return Some(lines);
        }
        row += before + 1;
        let is_last = usize::try_from(reader.position().byte()).ok()? >= text.len();
        if record.iter().any(|cell| !is_blank(cell)) {
            let fault =
                fault(&header, &record).or_else(|| open_quote(&header, &record, is_last && has_open_quote));
            let read = match fault {
                Some(fault) => Err(vec![fault]),
                None => read(&Row::new(header.iter(), record.iter())),
            };
            lines.push(Line { row, read });
        }
    }
}

/// Cells beyond the header: a comma stands where none should, and every cell after it in the wrong column.
fn fault(header: &StringRecord, record: &StringRecord) -> Option<Fault> {
    let beyond = record.iter().skip(header.len()).find(|cell| !is_blank(cell))?;
    Some(Fault::new("", "row_too_long", beyond))
}

/// A quote that nobody closed has swallowed the rest of the file.
fn open_quote(header: &StringRecord, record: &StringRecord, is_open: bool) -> Option<Fault> {
    let place = record.iter().position(|cell| is_open && cell.contains(['\n', '\r']))?;
    Some(Fault::new(header.get(place)?, "quote_open", ""))
}

/// Lines without anything on them, which the reader passes over and a spreadsheet counts. What stands at `from` may
/// be the second half of the line break before.
fn blank_lines(text: &str, from: usize) -> u32 {
    let bytes = text.as_bytes();
    let is = |place: usize, byte: u8| bytes.get(place) == Some(&byte);
    let mut place = from;
    if from > 0 && is(from - 1, b'\r') && is(from, b'\n') {
        place += 1;
    }
    let mut n_blank = 0;
    while is(place, b'\r') || is(place, b'\n') {
        place += if is(place, b'\r') && is(place + 1, b'\n') { 2 } else { 1 };
        n_blank += 1;
    }
    n_blank
}

#[cfg(test)]
mod tests {
    use domain::imports::RegionRow;

    use super::*;

    fn rows(text: &str) -> Vec<(u32, std::result::Result<String, String>)> {
        lines(text.as_bytes(), RegionRow::read)
            .unwrap()
            .into_iter()
            .map(|line| {
                let read = line.read.map(|region| region.code);
                (line.row, read.map_err(|faults| faults[0].code.clone()))
            })
            .collect()
    }

    fn good(row: u32, code: &str) -> (u32, std::result::Result<String, String>) {
        (row, Ok(code.to_owned()))
    }

    fn bad(row: u32, code: &str) -> (u32, std::result::Result<String, String>) {
        (row, Err(code.to_owned()))
    }

    fn refused(bytes: &[u8]) -> String {
        check(bytes, Kind::Regions).unwrap_err().problem().code
    }

    #[test]
    fn a_row_has_the_number_that_a_spreadsheet_shows() {
        let plain = "region_code,name\nR1,a\nR2,b\n";
        assert_eq!(rows(plain), [good(2, "R1"), good(3, "R2")]);
        let with_breaks = "region_code,name\nR1,\"a\nb\nc\"\nR2,b\n";
        assert_eq!(rows(with_breaks), [good(2, "R1"), good(3, "R2")]);
        let with_blanks = "\nregion_code,name\n\n\nR1,a\n , \nR2,b\n\n";
        assert_eq!(rows(with_blanks), [good(5, "R1"), good(7, "R2")]);
        for text in [plain, with_breaks, with_blanks] {
            let windows = text.replace('\n', "\r\n");
            assert_eq!(rows(&windows), rows(text), "{windows:?}");
            assert_eq!(rows(&format!("\u{feff}{windows}")), rows(text), "{windows:?}");
        }
    }

    #[test]
    fn a_short_row_is_read_and_a_long_one_is_not() {
        let text = "region_code,name,parent_code\nR1,a\nR2,b,R1,\nR3,b,R1,x\n";
        assert_eq!(rows(text), [good(2, "R1"), good(3, "R2"), bad(4, "row_too_long")]);
    }

    #[test]
    fn a_quote_that_nobody_closed_is_said() {
        assert_eq!(rows("region_code,name,note\nR1,a,\"x\nR2,b,y\n"), [bad(2, "quote_open")]);
        assert_eq!(rows("region_code,name\nR1,5\" pipe\n"), [good(2, "R1")]);
    }

    #[test]
    fn what_is_no_csv_in_utf_8_is_refused() {
        assert_eq!(refused(b""), "import_unreadable");
        assert_eq!(refused(b"\xef\xbb\xbf\r\n"), "import_unreadable");
        assert_eq!(refused(b"region_code,name\nR1,\xe9t\xe9\n"), "import_unreadable");
        assert_eq!(refused(b"region_code,name\nR1,a\0b\n"), "import_unreadable");
        assert_eq!(refused(b"PK\x03\x04region_code,name"), "content_type_unsupported");
        assert_eq!(refused(b"region_code,names\n"), "import_column_missing");
        assert!(check("\u{feff}\"region_code\", name\r\n".as_bytes(), Kind::Regions).is_ok());
    }

    #[test]
    fn a_missing_column_is_named() {
        let problem = check(b"name\n", Kind::Regions).unwrap_err().problem();
        assert!(problem.detail.ends_with("region_code"), "{}", problem.detail);
        assert_eq!(problem.errors[0].pointer, "/file");
    }
}
