//! Secrets that this process has sent or received, and where a text repeats one of them.
//!
//! There is one collection for the process. A secret that was sent once must not come back in the answer to any other
//! request, in a name in the state, or in the record of another crate. So it belongs to no request and to no client. A
//! process that serves many commands gets many tokens, so the collection has the secrets that were used last.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

/// What a message has in place of a secret.
pub const HIDDEN: &str = "(sensitive value)";

/// Minimum characters of a secret that is hidden wherever it occurs. A shorter one is hidden where it stands alone in a
/// foreign text: a secret `a` must not hide a letter of every word.
const LONG: usize = 8;

/// How often an escape may be escaped again. Without a limit, a text of nothing but escapes would take for ever.
const MOST_LAYERS: u32 = 4;

/// What an escaped character begins with.
const ESCAPES: [char; 3] = ['%', '\\', '+'];

/// Maximum number of secrets. More than the requests that are under way at once, each with a secret of its own.
const MOST: usize = 128;

/// Whose text it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Text of a response.
    Foreign,
    /// A message of ours, whose own words may be a short secret.
    Own,
}

static SECRETS: RwLock<Secrets> = RwLock::new(Secrets { by_first: BTreeMap::new(), uses: 0 });

struct Secrets {
    /// By first character, in lower case. Each with the number of its last use.
    by_first: BTreeMap<char, Vec<(u64, SecretString)>>,
    uses: u64,
}

/// From now on, no message and no log record shows this secret, until [`MOST`] others were used after it.
pub fn conceal(secret: &str) {
    let Some(first) = first(secret) else { return };
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).used(first, secret);
}

impl Secrets {
    fn used(&mut self, first: char, secret: &str) {
        self.uses += 1;
        let alike = self.by_first.entry(first).or_default();
        match alike.iter_mut().find(|(_, known)| known.expose_secret() == secret) {
            Some((last_use, _)) => *last_use = self.uses,
            None => alike.push((self.uses, secret.into())),
        }
        if self.by_first.values().map(Vec::len).sum::<usize>() > MOST {
            let oldest = self.by_first.values().flatten().map(|(last_use, _)| *last_use).min();
            for alike in self.by_first.values_mut() {
                alike.retain(|(last_use, _)| Some(*last_use) != oldest);
            }
        }
    }
}

fn first(text: &str) -> Option<char> {
    text.chars().next().map(|first| first.to_ascii_lowercase())
}

/// The length of the longest secret that `text` has at `at`, in any spelling.
pub(super) fn secret_at(text: &str, at: usize, scope: Scope) -> Option<usize> {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let rest = &text[at..];
    let is_escape = rest.starts_with(ESCAPES);
    let plain = first(rest).and_then(|first| secrets.by_first.get(&first));
    let escaped = secrets.by_first.iter().filter(|(first, _)| is_escape && spellings(rest, **first).next().is_some());
    let candidates = plain.into_iter().chain(escaped.map(|(_, secrets)| secrets)).flatten();
    let lengths = candidates.filter_map(|(_, secret)| {
        let secret = secret.expose_secret();
        let length = length_of(rest, secret)?;
        let is_long = secret.chars().nth(LONG - 1).is_some();
        (is_long || (scope == Scope::Foreign && stands_alone(text, at, length))).then_some(length)
    });
    lengths.max()
}

/// How much of the beginning of `text` is `secret`, in whatever way its characters are spelled there.
fn length_of(text: &str, secret: &str) -> Option<usize> {
    // A `%` may be itself or begin an escape, so several readings are followed.
    let mut ends = vec![0];
    for character in secret.chars() {
        match ends.as_mut_slice() {
            [] => return None,
            // What is no escape has one reading. Most texts end here, so this must not cost anything.
            [end] if !text[*end..].starts_with(ESCAPES) => {
                let plain = text[*end..].chars().next()?;
                if !plain.eq_ignore_ascii_case(&character) {
                    return None;
                }
                *end += plain.len_utf8();
            }
            several => {
                let next = |end: &usize| {
                    let end = *end;
                    spellings(&text[end..], character).map(move |length| end + length)
                };
                ends = several.iter().flat_map(next).collect();
                ends.sort_unstable();
                ends.dedup();
            }
        }
    }
    ends.last().copied()
}

/// The lengths of `character` at the beginning of `text`: as it is, and as forms, addresses and JSON escape it. The case of
/// letters makes no difference, because the name of a host has none.
fn spellings(text: &str, character: char) -> impl Iterator<Item = usize> {
    let plain = text.starts_with(|first: char| first.eq_ignore_ascii_case(&character)).then(|| character.len_utf8());
    // In a form, and where a form was escaped again.
    let plus = if text.starts_with('+') { Some(1) } else { percent(text, '+') };
    let plus = plus.filter(|_| character == ' ');
    [plain, plus, percent(text, character), backslash(text, character)].into_iter().flatten()
}

/// `%2B`, and `%252B` where it was escaped again.
fn percent(text: &str, character: char) -> Option<usize> {
    let mut rest = text;
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        rest = rest.strip_prefix('%')?;
        for _ in 0..MOST_LAYERS {
            let again = rest.strip_prefix("25").filter(|again| again.get(..2).is_some_and(is_hexadecimal));
            rest = again.unwrap_or(rest);
        }
        let digits = rest.get(..2).filter(|digits| is_hexadecimal(digits))?;
        rest = &rest[2..];
        if !u8::from_str_radix(digits, 16).is_ok_and(|escaped| escaped.eq_ignore_ascii_case(&byte)) {
            return None;
        }
    }
    Some(text.len() - rest.len())
}

/// `\n`, `\"` or `\u002b`, and `\\n` where it was escaped again.
fn backslash(text: &str, character: char) -> Option<usize> {
    let mut rest = text;
    let short = match character {
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '"' | '\'' | '/' => Some(character),
        _ => None,
    };
    let escape = |rest: &mut &str| {
        *rest = rest.strip_prefix('\\')?;
        // A backslash may be escaped itself, and be what was looked for.
        for _ in 1..1 << MOST_LAYERS {
            *rest = rest.strip_prefix('\\').unwrap_or(rest);
        }
        Some(())
    };
    escape(&mut rest)?;
    if short.is_some_and(|short| rest.starts_with(short)) {
        return Some(text.len() - rest.len() + 1);
    }
    let backslashes = text.len() - rest.len();
    if character == '\\' && backslashes > 1 {
        return Some(backslashes);
    }
    for (position, unit) in character.encode_utf16(&mut [0; 2]).iter().enumerate() {
        if position > 0 {
            escape(&mut rest)?;
        }
        let digits = rest.strip_prefix('u')?.get(..4).filter(|digits| is_hexadecimal(digits))?;
        rest = &rest[5..];
        if !u16::from_str_radix(digits, 16).is_ok_and(|escaped| same_letter(escaped, *unit)) {
            return None;
        }
    }
    Some(text.len() - rest.len())
}

/// Whether two units are the same, or the same ASCII letter in another case.
fn same_letter(one: u16, other: u16) -> bool {
    let lower = |unit: u16| u8::try_from(unit).map_or(unit, |ascii| ascii.to_ascii_lowercase().into());
    lower(one) == lower(other)
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Whether no letter or digit adjoins this part. An escape before it counts as what it stands for.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + length..]);
    !after.starts_with(char::is_alphanumeric) && (!before.ends_with(char::is_alphanumeric) || ends_with_escape(before))
}

/// Whether a text ends with the escape of something other than a letter or a digit: `%20`, `\n`, `\u0022`.
fn ends_with_escape(text: &str) -> bool {
    let last = |count: usize| text.get(text.len().checked_sub(count)?..);
    let stands_for_other = |digits: &str| {
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).is_some_and(|other| !other.is_alphanumeric())
    };
    last(2).and_then(|end| end.strip_prefix('\\')).is_some_and(|end| ["n", "r", "t", "b", "f"].contains(&end))
        || last(3).and_then(|end| end.strip_prefix('%')).is_some_and(stands_for_other)
        || last(6).and_then(|end| end.strip_prefix("\\u")).is_some_and(stands_for_other)
}

#[cfg(test)]
mod tests {
    use url::form_urlencoded::byte_serialize;

    use super::super::{lines, text};
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_spelling() {
        let secret = "k€y/with \"odd\" 100% + \\signs\n🦀";
        conceal(secret);
        let json = serde_json::to_string(secret).unwrap();
        let ascii = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<Vec<_>>().concat();
        let form: String = byte_serialize(secret.as_bytes()).collect();
        let percent = secret.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        let again: String = byte_serialize(form.as_bytes()).collect();
        let json_again = serde_json::to_string(&json).unwrap();
        for spelled in [secret, json.trim_matches('"'), &ascii, &form, &percent, &again] {
            assert_eq!(text(&format!("x{spelled}x")), format!("x{HIDDEN}x"), "{spelled}");
            assert_eq!(lines(&format!("x{spelled}x")), format!("x{HIDDEN}x"), "{spelled}");
        }
        assert!(text(&json_again).contains(HIDDEN), "{json_again}");
    }

    #[test]
    fn a_text_of_nothing_but_escapes_is_soon_read() {
        conceal("\\-a-secret-that-begins-with-an-escape");
        for escape in ["\\", "%25", "+"] {
            let shown = text(&escape.repeat(4 << 20));
            assert!(shown.chars().count() < 1_100, "{}", shown.len());
        }
    }

    #[test]
    fn only_the_secrets_of_last_use_are_kept() {
        let mut secrets = Secrets { by_first: BTreeMap::new(), uses: 0 };
        for number in 0..10 * MOST {
            secrets.used('t', &format!("token {number}"));
            secrets.used('s', "secret");
        }
        assert_eq!(secrets.by_first[&'t'].len(), MOST - 1);
        assert_eq!(secrets.by_first[&'s'].len(), 1, "it is in use");
        assert_eq!(secrets.by_first[&'t'][0].1.expose_secret(), format!("token {}", 9 * MOST + 1));
    }

    #[test]
    fn the_case_of_a_letter_makes_no_difference() {
        conceal("Case-Of-A-Letter");
        let ascii = |text: &str| text.bytes().map(|byte| format!("\\u00{byte:02x}")).collect::<Vec<_>>().concat();
        let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        for spelled in ["Case-Of-A-Letter", "case-of-a-letter", "CASE-OF-A-LETTER"] {
            for spelled in [spelled.to_owned(), ascii(spelled), percent(spelled)] {
                assert_eq!(text(&spelled), HIDDEN);
            }
        }
    }

    #[test]
    fn the_longest_of_several_secrets_is_hidden() {
        conceal("The-first-secret");
        conceal("the-first-secret-and-more");
        assert_eq!(text("a the-first-secret-and-more, the-first-secret."), format!("a {HIDDEN}, {HIDDEN}."));
    }

    #[test]
    fn a_short_secret_leaves_other_words_readable() {
        conceal("xq7");
        let shown = text("xq7 xq7s axq7 (xq7) secret=xq7&a=%22xq7%22 \"\\nxq7\" \\u0022xq7");
        let expected = "@ xq7s axq7 (@) secret=@&a=%22@%22 \"\\n@\" \\u0022@".replace('@', HIDDEN);
        assert_eq!(shown, expected);
        assert_eq!(lines("our own xq7"), "our own xq7");
        conceal("");
        assert_eq!(text("nothing to hide"), "nothing to hide");
    }
}
