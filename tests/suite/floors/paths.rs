//! The paths that a source file names, in imports and elsewhere.

/// A path such as `super::call::Call`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
    /// The name that an import gives it.
    pub(super) import: Option<String>,
}

/// Every path of a file, tests included.
pub(super) fn all_paths(code: &str) -> Vec<Mention> {
    mentions(&tokens(code))
}

/// Every path of a file outside `#[cfg(test)]`, and the modules that are declared for tests only.
pub(super) fn paths_without_tests(code: &str) -> (Vec<Mention>, Vec<String>) {
    let (tokens, test_modules) = without_tests(&tokens(code));
    (mentions(&tokens), test_modules)
}

#[derive(Debug, Clone, Copy)]
struct Token<'c> {
    line: usize,
    text: &'c str,
}

/// Names, `::`, and every other character that is no space. Comments, strings and character literals are left out.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut line, mut rest) = (Vec::new(), 1, code);
    while let Some(first) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| string(rest)).or_else(|| character(rest));
        let length = skipped.unwrap_or_else(|| match first {
            _ if is_name(first) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        });
        let text = &rest[..length];
        if skipped.is_none() && !first.is_whitespace() {
            tokens.push(Token { line, text });
        }
        line += text.matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment that a text begins with.
fn comment(rest: &str) -> Option<usize> {
    let end = match rest.get(..2)? {
        "//" => rest.find('\n'),
        "/*" => rest.find("*/").map(|end| end + 2),
        _ => return None,
    };
    Some(end.unwrap_or(rest.len()))
}

/// The length of the string that a text begins with, raw or not.
fn string(rest: &str) -> Option<usize> {
    let hashes = rest.trim_start_matches(['b', 'c', 'r']);
    let quote = hashes.trim_start_matches('#');
    let body = quote.strip_prefix('"')?;
    let (kind, hashes) = (&rest[..rest.len() - hashes.len()], &hashes[..hashes.len() - quote.len()]);
    let length = if kind.contains('r') {
        let end = format!("\"{hashes}");
        body.find(&end)? + end.len()
    } else {
        let mut escaped = false;
        body.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })? + 1
    };
    Some(rest.len() - body.len() + length)
}

/// The length of the character literal that a text begins with; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    let first = body.chars().next()?;
    let shortest = if first == '\\' { 2 } else { first.len_utf8() };
    let end = body.get(shortest..)?.find('\'')?;
    (end == 0 || first == '\\').then_some(1 + shortest + end + 1)
}

fn without_tests<'c>(tokens: &[Token<'c>]) -> (Vec<Token<'c>>, Vec<String>) {
    let (mut rest, mut kept, mut modules) = (tokens, Vec::new(), Vec::new());
    while let Some(first) = rest.first() {
        if rest.iter().take(7).map(|token| token.text).eq(["#", "[", "cfg", "(", "test", ")", "]"]) {
            let (item, after) = rest.split_at(item_end(rest));
            if let [.., module, name, end] = item
                && (module.text, end.text) == ("mod", ";")
            {
                modules.push(name.text.to_owned());
            }
            rest = after;
        } else {
            kept.push(*first);
            rest = &rest[1..];
        }
    }
    (kept, modules)
}

/// Where the item ends that begins with attributes: behind its closing brace, or its semicolon.
fn item_end(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(token.text, "}" | ";")
    });
    end.map_or(tokens.len(), |end| end + 1)
}

fn mentions(tokens: &[Token<'_>]) -> Vec<Mention> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(token) = tokens.get(at) {
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
        let before = if at == 0 { "" } else { text(at - 1) };
        if token.text == "use" && text(at + 1) != "<" {
            at = tree(tokens, at + 1, &[], &mut found);
        } else if token.text.starts_with(is_name) && text(at + 1) == "::" && before != "::" {
            let mut path = vec![token.text.to_owned()];
            while text(at + 1) == "::" && text(at + 2).starts_with(is_name) {
                path.push(text(at + 2).to_owned());
                at += 2;
            }
            // What a macro names belongs to those who expand it.
            if before != "$" {
                found.push(Mention { line: token.line, path, import: None });
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    found
}

/// Adds the paths of an import from `at` on, each after `prefix`, and returns where they end.
fn tree(tokens: &[Token<'_>], mut at: usize, prefix: &[String], found: &mut Vec<Mention>) -> usize {
    let text = |at: usize| tokens.get(at).map_or(";", |token| token.text);
    let mut path = prefix.to_vec();
    loop {
        match text(at) {
            "{" => {
                at += 1;
                while !matches!(text(at), "}" | ";") {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(text(at) == ",");
                }
                return at + 1;
            }
            "::" => at += 1,
            name if name == "*" || name.starts_with(is_name) && text(at + 1) != "::" => {
                let (line, self_) = (tokens[at].line, name == "self" && !path.is_empty());
                path.extend((!self_).then(|| name.to_owned()));
                let alias = (text(at + 1) == "as").then(|| text(at + 2).to_owned());
                at += if alias.is_some() { 3 } else { 1 };
                found.push(Mention { line, import: alias.or_else(|| path.last().cloned()), path });
                return at;
            }
            name if name.starts_with(is_name) => {
                path.push(name.to_owned());
                at += 1;
            }
            _ => return at + 1,
        }
    }
}

fn paths(code: &str) -> Vec<String> {
    all_paths(code).into_iter().map(|mention| format!("{}:{}", mention.line, mention.path.join("::"))).collect()
}

#[test]
fn a_tree_gives_every_path_with_its_line() {
    let code = "use a::{self, b::{C, D as E},\n    *};\npub(crate) use super::x;\n";
    assert_eq!(paths(code), ["1:a", "1:a::b::C", "1:a::b::D", "2:a::*", "3:super::x"]);
    let names: Vec<_> = all_paths(code).into_iter().filter_map(|mention| mention.import).collect();
    assert_eq!(names, ["a", "C", "E", "*", "x"]);
}

#[test]
fn comments_and_literals_name_nothing() {
    let code =
        "// a::b\n/* a::b */ let x = (\"a::b\\\"\", r#\"a::\"b\"#, '\"', '\\'', b\"a::b\"); fn f<'a>() { c::d() }";
    assert_eq!(paths(code), ["2:c::d"]);
}

#[test]
fn paths_in_code_count_but_not_those_of_a_macro() {
    assert_eq!(
        paths("fn f(x: &crate::a::B) -> <C as D>::E { $crate::f(self::g::<super::H>) }"),
        ["1:crate::a::B", "1:self::g", "1:super::H"]
    );
}

#[test]
fn what_is_for_tests_is_left_out() {
    let code = "#[cfg(test)]\nmod random;\n#[cfg(test)]\n#[path = \"x\"]\nuse a::{b};\nuse c::d;\n\
                #[cfg(test)]\nmod tests {\n    use e::f;\n    fn g(x: [u8; 2]) {}\n}\nuse h::i;\n";
    let (mentions, modules) = paths_without_tests(code);
    let paths: Vec<_> = mentions.iter().map(|mention| mention.path.join("::")).collect();
    assert_eq!((paths, modules), (vec!["c::d".to_owned(), "h::i".to_owned()], vec!["random".to_owned()]));
}
