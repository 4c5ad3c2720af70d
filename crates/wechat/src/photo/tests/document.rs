//! Documents are told apart by what is in them.

use image::ImageFormat;

use super::super::*;
use super::small::picture;

/// A zip that stores nothing under each of these names.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let at = u32::try_from(file.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        file.extend([&b"PK\x03\x04"[..], &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
        let head = [&b"PK\x01\x02"[..], &[0; 24], &length, &[0; 12], &at.to_le_bytes(), name.as_bytes()];
        directory.extend(head.concat());
    }
    let at = u32::try_from(file.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06"[..], &[0; 12], &at, &[0; 2]].concat();
    [file, directory, end].concat()
}

/// A compound file with streams of these names.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut file = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 504]].concat();
    for name in names {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend(u16::try_from(name.len() * 2 + 2).unwrap().to_le_bytes());
        entry.resize(128, 0);
        file.extend(entry);
    }
    file
}

fn check(bytes: &[u8], media_type: &str, has_macros: bool) {
    let found = document(bytes, &Limits::default()).unwrap();
    assert_eq!((found.media_type, found.has_macros), (media_type, has_macros));
}

#[test]
fn documents_are_told_apart_by_what_is_in_them() {
    check(b"%PDF-1.7\n%%EOF", "application/pdf", false);
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    check(&zip(&["[Content_Types].xml", "xl/workbook.xml"]), sheet, false);
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    check(&zip(&["word/document.xml", "[Content_Types].xml"]), word, false);
    let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
    check(&macros, "application/vnd.ms-word.document.macroenabled.12", true);
    check(&compound(&["Root Entry", "WordDocument"]), "application/msword", false);
    check(&compound(&["Workbook", "_VBA_PROJECT"]), "application/vnd.ms-excel", true);
    check(&picture(ImageFormat::Png), "image/png", false);
}

#[test]
fn what_nobody_files_is_refused() {
    for bytes in [
        zip(&["classes.dex", "AndroidManifest.xml"]),
        zip(&["xl/workbook.xml"]),
        b"PK\x03\x04".to_vec(),
        compound(&["Root Entry", "Property"]),
        b"MZ\x90\0".to_vec(),
        b"<html></html>".to_vec(),
        b"#!/bin/sh\n".to_vec(),
    ] {
        assert_eq!(document(&bytes, &Limits::default()), Err(Refusal::UnsupportedType));
    }
    assert_eq!(document(b"", &Limits::default()), Err(Refusal::Empty));
    let whole = picture(ImageFormat::Png);
    assert_eq!(document(&whole[..40], &Limits::default()), Err(Refusal::Truncated));
}
