//! Quotes foreign text in what a message offers to paste.

use crate::foreign;

/// A string of Terraform's language with this value. None if it is too long, or if it contains a secret.
pub(super) fn string(value: &str) -> Option<String> {
    let spell = |character| match character {
        '"' => r#"\""#.into(),
        '\\' => r"\\".into(),
        other => foreign::escaped(other),
    };
    let spelled = foreign::spelled(value, spell);
    if spelled != value.chars().map(spell).collect::<String>() {
        return None;
    }
    // `$${` would not do after another `$`.
    let spelled = spelled.replace("${", r"\u0024{").replace("%{", r"\u0025{");
    Some(format!("\"{spelled}\""))
}

/// A word of a shell with this value. None if no word shows what the value is.
pub(super) fn word(value: &str) -> Option<String> {
    if foreign::name(value) != value {
        return None;
    }
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@=+,".contains(character);
    if !value.is_empty() && value.chars().all(is_plain) {
        return Some(value.to_owned());
    }
    Some(format!("'{}'", value.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What Terraform reads, or nothing if it is not one string.
    fn read(quoted: &str) -> Option<String> {
        let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?.chars().peekable();
        let mut value = String::new();
        while let Some(character) = rest.next() {
            match character {
                '"' | '\n' | '\r' => return None,
                '$' | '%' if rest.peek() == Some(&'{') => return None,
                '\\' => match rest.next()? {
                    'n' => value.push('\n'),
                    'r' => value.push('\r'),
                    't' => value.push('\t'),
                    quoted @ ('"' | '\\') => value.push(quoted),
                    size @ ('u' | 'U') => {
                        let digits: String = rest.by_ref().take(if size == 'u' { 4 } else { 8 }).collect();
                        value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    }
                    _ => return None,
                },
                other => value.push(other),
            }
        }
        Some(value)
    }

    /// What a shell takes for the words.
    fn words(line: &str) -> Vec<String> {
        let command = format!("for word in {line}; do printf '%s\\0' \"$word\"; done");
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
        let output = String::from_utf8(output.stdout).unwrap();
        output.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn quotes_only_what_a_shell_would_change() {
        assert_eq!(word("cgr_0123").as_deref(), Some("cgr_0123"));
        assert_eq!(word("abc::https://api.example.com/").as_deref(), Some("abc::https://api.example.com/"));
        assert_eq!(word("it's $(x)").as_deref(), Some(r"'it'\''s $(x)'"));
        assert_eq!(word("").as_deref(), Some("''"));
        for unfit in ["a\nb", "\0", "a\u{202e}b", "\u{1b}[2J", &"x".repeat(10_000)] {
            assert_eq!(word(unfit), None);
        }
    }

    #[test]
    fn a_value_that_would_be_cut_is_no_string() {
        assert_eq!(string(&"\"".repeat(10_000)), None);
        assert_eq!(string(&"x".repeat(600)).map(|quoted| quoted.len()), Some(602));
    }

    proptest! {
        #[test]
        fn a_string_has_the_value(value in "([\"\\\\$%{}\n\r\t\0\u{1b}\u{9b}\u{202e}\u{e0001}]|[a-z]|.){0,40}") {
            let quoted = string(&value).unwrap();
            prop_assert_eq!(read(&quoted), Some(value), "{}", quoted);
            prop_assert!(quoted.chars().all(foreign::is_fit), "{quoted}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_word_has_the_value(values in prop::collection::vec("([\"\\\\$`'!*?~#;&|<>(){} -]|[a-z]|.){0,20}", 1..20)) {
            let (values, quoted): (Vec<_>, Vec<_>) = values.into_iter().filter_map(|value| Some((value.clone(), word(&value)?))).unzip();
            prop_assert_eq!(words(&quoted.join(" ")), values, "{:?}", quoted);
        }
    }
}
