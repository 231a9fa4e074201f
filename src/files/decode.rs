//! Bytes to UTF-8 text: byte order marks, Python's declared encodings (PEP 263), invalid bytes.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::syntax::Lang;

/// Files above this size are not analyzed: they are data or generated.
pub const SIZE_LIMIT: u64 = 2 << 20;

/// Text, and what had to be mended to get it.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// UTF-8 without a byte order mark, borrowed when the bytes already were that.
    pub text: Cow<'a, str>,
    /// What was mended: (line from 1 where known, message).
    pub note: Option<(Option<u32>, String)>,
}

/// Decodes `bytes`; an error is the reason why this is no text.
pub fn decode(bytes: &[u8], lang: Lang) -> Result<Decoded<'_>, String> {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return decode_with(encoding, &bytes[skip..], None);
        }
        return decode_utf8(&bytes[skip..]);
    }
    if lang == Lang::Python
        && let Some(declared) = declared_encoding(bytes)
    {
        let label = declared.label.to_ascii_lowercase().replace('_', "-");
        // Python's own names that the WHATWG labels lack.
        let label = match label.as_str() {
            "utf8" | "u8" | "utf" | "utf-8-sig" | "utf-8-unix" | "utf-8-dos" => "utf-8",
            "latin" | "latin-1" | "latin1" | "l1" | "iso-latin-1" | "iso-8859-1-unix" => {
                "iso-8859-1"
            }
            "latin-9" | "l9" => "iso-8859-15",
            "cp932" | "ms932" | "mskanji" | "ms-kanji" => "shift_jis",
            "cp949" | "ms949" | "uhc" => "euc-kr",
            "cp936" | "ms936" => "gbk",
            "cp950" | "ms950" => "big5",
            "ascii" | "us-ascii" | "646" => "us-ascii",
            other => other,
        };
        return match Encoding::for_label(label.as_bytes()).or_else(|| by_underscore(label)) {
            Some(encoding) if encoding == UTF_8 => decode_utf8(bytes),
            Some(encoding) => {
                // Pure ASCII means the same in all of them but UTF-16, which a coding line can't declare.
                match std::str::from_utf8(bytes) {
                    Ok(text) if text.is_ascii() && !text.contains('\0') => Ok(Decoded {
                        text: Cow::Borrowed(text),
                        note: None,
                    }),
                    _ => decode_with(encoding, bytes, Some(declared.line)),
                }
            }
            None => {
                let mut decoded = decode_utf8(bytes)?;
                if decoded.note.is_some() || !bytes.is_ascii() {
                    decoded.note = Some((
                        Some(declared.line),
                        format!("unknown encoding `{}`; read as UTF-8", declared.label),
                    ));
                }
                Ok(decoded)
            }
        };
    }
    decode_utf8(bytes)
}

fn by_underscore(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.replace('-', "_").as_bytes())
}

fn decode_utf8(bytes: &[u8]) -> Result<Decoded<'_>, String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            if memchr::memchr(0, bytes).is_some() {
                return Err(binary());
            }
            Ok(Decoded {
                text: Cow::Borrowed(text),
                note: None,
            })
        }
        Err(error) => {
            if memchr::memchr(0, bytes).is_some() {
                return Err(binary());
            }
            let line = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() as u32 + 1;
            Ok(Decoded {
                text: Cow::Owned(String::from_utf8_lossy(bytes).into_owned()),
                note: Some((
                    Some(line),
                    "invalid UTF-8; the bytes were replaced".to_owned(),
                )),
            })
        }
    }
}

fn decode_with<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    declared: Option<u32>,
) -> Result<Decoded<'a>, String> {
    let (text, errors) = encoding.decode_without_bom_handling(bytes);
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(binary());
    }
    let note = errors.then(|| {
        (
            declared,
            format!(
                "bytes that are invalid in {} were replaced",
                encoding.name()
            ),
        )
    });
    Ok(Decoded { text, note })
}

fn binary() -> String {
    "skipped: it holds NUL bytes, so it is not text".to_owned()
}

struct Declared<'a> {
    label: &'a str,
    line: u32,
}

/// The coding line of PEP 263: a comment in the first two lines, the first of which may hold no code.
fn declared_encoding(bytes: &[u8]) -> Option<Declared<'_>> {
    let mut rest = bytes;
    for line_number in 1..=2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest[..end].trim_ascii_start();
        match line.first() {
            Some(b'#') => {
                if let Some(label) = coding_label(line) {
                    return Some(Declared {
                        label,
                        line: line_number,
                    });
                }
            }
            None => {}
            Some(_) => return None,
        }
        let skip = if rest[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        rest = rest.get(end + skip..)?;
    }
    None
}

fn coding_label(comment: &[u8]) -> Option<&str> {
    let at = memchr::memmem::find(comment, b"coding")? + b"coding".len();
    let rest = &comment[at..];
    let rest = rest
        .strip_prefix(b":")
        .or_else(|| rest.strip_prefix(b"="))?;
    let rest = rest.trim_ascii_start();
    let end = rest
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
        .unwrap_or(rest.len());
    let label = std::str::from_utf8(&rest[..end]).ok()?;
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Decoded<'_> {
        decode(bytes, Lang::Python).unwrap()
    }

    #[test]
    fn plain_utf8_is_borrowed() {
        let d = text("x = 'é'\n".as_bytes());
        assert!(matches!(d.text, Cow::Borrowed("x = 'é'\n")));
        assert_eq!(d.note, None);
    }

    #[test]
    fn byte_order_marks() {
        assert_eq!(text(b"\xef\xbb\xbfx = 1\r\n").text, "x = 1\r\n");
        assert_eq!(text(b"\xff\xfex\0=\0\xe9\0").text, "x=é");
        assert_eq!(text(b"\xfe\xff\0x\0=\0\xe9").text, "x=é");
    }

    #[test]
    fn declared_encodings() {
        assert_eq!(
            text(b"# -*- coding: latin-1 -*-\nx = '\xe9'").text,
            "# -*- coding: latin-1 -*-\nx = 'é'"
        );
        let d = text(b"#!/usr/bin/python\r\n# vim: set fileencoding=cp1251 :\r\nx = '\xef'");
        assert!(d.text.ends_with("'п'"), "{d:?}");
        assert_eq!(d.note, None);
        assert!(
            text(b"\n# coding: shift_jis\nx = '\x82\xa0'")
                .text
                .ends_with("'あ'")
        );
        // The third line is no coding line, nor is one after code.
        assert!(text(b"\n\n# coding: latin-1\n'\xe9'").note.is_some());
        assert!(text(b"import os\n# coding: latin-1\n'\xe9'").note.is_some());
    }

    #[test]
    fn unknown_encoding_is_noted() {
        let d = text(b"# coding: klingon\nx = '\xc3\xa9'");
        assert!(d.text.ends_with("'é'"));
        assert_eq!(
            d.note,
            Some((
                Some(1),
                "unknown encoding `klingon`; read as UTF-8".to_owned()
            ))
        );
        assert_eq!(text(b"# coding: klingon\nx = 1").note, None);
    }

    #[test]
    fn invalid_bytes_are_replaced_and_binary_is_skipped() {
        let d = text(b"a\nb = '\xff'\n");
        assert_eq!(d.text, "a\nb = '\u{fffd}'\n");
        assert_eq!(d.note.unwrap().0, Some(2));
        assert!(decode(b"a\0b", Lang::Go).is_err());
        // Go is UTF-8 whatever a comment says.
        assert!(
            decode(b"# coding: latin-1\n\xe9", Lang::Go)
                .unwrap()
                .note
                .is_some()
        );
    }
}
