//! Pages of documentation: the layout of `docs/`, links, and the length of sentences.
//!
//! `docs/` is what the Terraform Registry publishes, so its pages may only link to each other or to the web
//! (<https://developer.hashicorp.com/terraform/registry/providers/docs>).

use std::path::{Component, Path, PathBuf};

use crate::golden::{files, in_repository, text};

/// What the Registry knows in `docs/`.
const PUBLISHED: [&str; 8] = [
    "actions",
    "data-sources",
    "ephemeral-resources",
    "functions",
    "guides",
    "index.md",
    "list-resources",
    "resources",
];
const MOST_WORDS: usize = 30;

#[test]
fn docs_holds_only_what_the_registry_publishes() {
    let entries = std::fs::read_dir(in_repository("docs")).unwrap();
    let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let foreign: Vec<_> = names.iter().filter(|name| !PUBLISHED.contains(&name.as_str())).collect();
    assert!(foreign.is_empty(), "the Registry ignores these in docs/, move them to contributing/: {foreign:?}");
}

#[test]
fn guides_have_title_group_and_summary() {
    for guide in files("docs/guides", "md") {
        let text = text(&guide);
        let mut lines = text.lines();
        let mut field = |name: &str| lines.next().and_then(|line| line.strip_prefix(name)).map(str::to_owned);
        assert_eq!(field("---").as_deref(), Some(""), "{} has no front matter", guide.display());
        for name in ["page_title: \"", "subcategory: \""] {
            let value = field(name).unwrap_or_default();
            assert!(value.len() > 1, "{} has no {name}…\"", guide.display());
        }
        assert_eq!(field("description: |-").as_deref(), Some(""), "{} has no description", guide.display());
    }
}

#[test]
fn links_lead_to_files_and_headings() {
    let mut dead = Vec::new();
    for page in pages() {
        for link in relative_links(&text(&page)) {
            let (target, anchor) = resolve(&page, &link);
            let exists = in_repository(&target).exists();
            if !exists || (!anchor.is_empty() && !anchors(&text(&target)).contains(&anchor)) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
fn published_pages_link_to_published_pages() {
    for page in files("docs", "md") {
        for link in relative_links(&text(&page)) {
            let (target, _) = resolve(&page, &link);
            let is_page = target.extension().is_some_and(|found| found == "md");
            assert!(is_page && target.starts_with("docs"), "{} links to {link}", page.display());
        }
    }
}

#[test]
fn published_sentences_are_short() {
    let mut long = Vec::new();
    for page in files("docs", "md") {
        for sentence in sentences(&text(&page)) {
            let words = words(&sentence);
            if words > MOST_WORDS {
                long.push(format!("{} ({words} words): {sentence}", page.display()));
            }
        }
    }
    assert!(long.is_empty(), "sentences of more than {MOST_WORDS} words:\n{}", long.join("\n"));
}

#[test]
fn prose_is_told_from_code_and_tables() {
    let page = "---\ntitle: a. b.\n---\n\n# A title\n\n**One.** Two [links](x.md#y),\n`a. b` three!\n\n\
                | a | b. |\n|---|---|\n\n- Four 1.5.\n  Five.\n- Six\n\n1. Seven\n\n```sh\nx. [y](z)\n```\n";
    let found = ["A title", "**One.**", "Two links, CODE three!", "Four 1.5.", "Five.", "Six", "Seven"];
    assert_eq!(sentences(page), found);
    assert_eq!(relative_links(page), ["x.md#y"]);
    assert_eq!(words("Two – links, CODE three!"), 4);
    assert_eq!(anchors("# A `b.c` – d_e!\n## X\n## X\n<a id=\"z\"></a>"), ["a-bc--d_e", "x", "x-1", "z"]);
    let resolve = |link| resolve(Path::new("docs/guides/a.md"), link);
    assert_eq!(resolve("../resources/b.md"), ("docs/resources/b.md".into(), String::new()));
    assert_eq!(resolve("#c"), ("docs/guides/a.md".into(), "c".to_owned()));
}

/// Every page for readers.
fn pages() -> Vec<PathBuf> {
    let folders = ["docs", "contributing", "examples", "proto"].iter().flat_map(|folder| files(folder, "md"));
    let root = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].iter().map(PathBuf::from);
    root.chain(folders).collect()
}

/// Where a link of a page leads: a path in the repository, and an anchor or nothing.
fn resolve(page: &Path, link: &str) -> (PathBuf, String) {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let mut target = if path.is_empty() { page } else { page.parent().unwrap_or(Path::new("")) }.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => drop(target.pop()),
            part => target.push(part),
        }
    }
    (target, anchor.to_owned())
}

/// The lines of a page without its front matter and its blocks of code.
fn lines(page: &str) -> impl Iterator<Item = &str> {
    let page = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(page, |(_, page)| page);
    let mut in_code = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// A text with `CODE` for each span of code, so that nothing in it is taken for a link or a full stop.
fn without_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { "CODE" }).collect()
}

/// The links of a page that do not lead to the web.
fn relative_links(page: &str) -> Vec<String> {
    let page = without_code(&lines(page).collect::<Vec<_>>().join("\n"));
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.filter(|link| !link.contains("://")).map(str::to_owned).collect()
}

/// The anchors of a page: of its headings as GitHub and the Registry make them, and those in HTML.
fn anchors(page: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for line in lines(page) {
        if let Some(id) = line.strip_prefix("<a id=\"").and_then(|rest| rest.split('"').next()) {
            anchors.push(id.to_owned());
        }
        let Some(heading) = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#')) else { continue };
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let same = anchors.iter().filter(|known| **known == anchor).count();
        anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
    }
    anchors
}

/// The sentences of a page, tables left out. A heading, an item of a list and a paragraph each end one.
fn sentences(page: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in lines(page).map(str::trim) {
        let item = line
            .strip_prefix("- ")
            .or_else(|| line.strip_prefix("* "))
            .or_else(|| line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok()).map(|(_, item)| item));
        let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim());
        match item.or(heading) {
            Some(start) => blocks.push(start.to_owned()),
            None if line.is_empty() || line.starts_with(['|', '<']) => blocks.push(String::new()),
            None => {
                let block = blocks.last_mut().expect("there is always one");
                block.push(' ');
                block.push_str(line);
            }
        }
        if heading.is_some() {
            blocks.push(String::new());
        }
    }
    blocks.iter().flat_map(|block| split(&without_code(block))).collect()
}

/// A paragraph in sentences, with the texts of its links alone.
fn split(block: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut pieces = block.split("](");
    let first = pieces.next().unwrap_or_default().to_owned();
    let text = pieces.fold(first, |text, piece| text + piece.split_once(')').map_or(piece, |(_, rest)| rest));
    for word in text.replace('[', "").split_whitespace() {
        let sentence = sentences.last_mut().expect("there is always one");
        *sentence = if sentence.is_empty() { word.to_owned() } else { format!("{sentence} {word}") };
        if word.trim_end_matches(['*', ')', '"', '_']).ends_with(['.', '!', '?']) {
            sentences.push(String::new());
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn words(sentence: &str) -> usize {
    sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}
