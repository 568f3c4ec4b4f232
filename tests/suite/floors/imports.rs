//! Which file imports what from which other file, and where imports lead in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Mention, paths_without_tests};

/// The files of a crate by module: `src/auth0/call.rs` is `["auth0", "call"]`.
pub(super) struct Modules(BTreeMap<Vec<String>, File>);

struct File {
    path: String,
    mentions: Vec<Mention>,
    /// What each imported name stands for.
    names: BTreeMap<String, Vec<String>>,
}

/// From file to file, the names that the first takes from the second.
type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Longer chains of re-exports do not occur; imports that name each other do.
const MAX_RE_EXPORTS: usize = 8;

impl Modules {
    pub(super) fn of(files: &[(String, String)]) -> Self {
        let (mut modules, mut for_tests) = (BTreeMap::new(), Vec::new());
        for (path, code) in files {
            let module = module(path);
            let (mentions, test_modules) = paths_without_tests(code);
            for_tests.extend(test_modules.into_iter().map(|name| [module.clone(), vec![name]].concat()));
            let name = |mention: &Mention| Some((mention.import.clone()?, mention.path.clone()));
            let names = mentions.iter().filter_map(name).collect();
            modules.insert(module, File { path: path.clone(), mentions, names });
        }
        modules.retain(|module, _| !for_tests.iter().any(|for_tests| module.starts_with(for_tests)));
        Self(modules)
    }

    /// Every import, apart from what a module takes from a parent: it is part of that.
    pub(super) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, file) in &self.0 {
            for mention in &file.mentions {
                if let Some((target, name)) = self.resolve(module, &mention.path, MAX_RE_EXPORTS)
                    && !module.starts_with(target)
                {
                    let names = imports.entry(file.path.clone()).or_default();
                    names.entry(self.0[target].path.clone()).or_default().insert(name);
                }
            }
        }
        imports
    }

    /// The module that defines what a path in `module` leads to, and the name there. `None` for other crates, and for a module
    /// as a whole: what is taken from it is named elsewhere.
    fn resolve(&self, module: &[String], path: &[String], re_exports: usize) -> Option<(&Vec<String>, String)> {
        let (mut at, mut rest) = self.begin(module, path).or_else(|| {
            let (first, rest) = path.split_first()?;
            let import = self.import(module, first).filter(|import| *import != path)?;
            self.begin(module, &[import, rest].concat())
        })?;
        while let Some((first, after)) = rest.split_first()
            && self.is_module(&at, first)
        {
            at.push(first.clone());
            rest = after.to_vec();
        }
        let name = rest.first()?;
        match self.import(&at, name) {
            Some(import) if re_exports > 0 => self.resolve(&at, &[import, &rest[1..]].concat(), re_exports - 1),
            _ => self.0.get_key_value(&at).map(|(at, _)| (at, name.clone())),
        }
    }

    /// Where a path begins, and what follows.
    fn begin(&self, module: &[String], path: &[String]) -> Option<(Vec<String>, Vec<String>)> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" | "terraform_provider_auth0" => Some((Vec::new(), rest.to_vec())),
            "self" => Some((module.to_vec(), rest.to_vec())),
            "super" => {
                let supers = path.iter().take_while(|name| *name == "super").count();
                Some((module[..module.len().checked_sub(supers)?].to_vec(), path[supers..].to_vec()))
            }
            name => self.is_module(module, name).then(|| (module.to_vec(), path.to_vec())),
        }
    }

    fn is_module(&self, parent: &[String], name: &str) -> bool {
        self.0.contains_key(&[parent, &[name.to_owned()]].concat())
    }

    /// The path of the import by which a module knows a name.
    fn import(&self, module: &[String], name: &str) -> Option<&[String]> {
        self.0.get(module)?.names.get(name).map(Vec::as_slice)
    }
}

/// The module that a file is. Where it lies below `src` says it.
pub(super) fn module(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// Files that import each other.
#[derive(Debug)]
pub(super) struct Circle {
    pub(super) files: BTreeSet<String>,
    /// What ties them, each as `FILE -> FILE: NAMES`.
    ties: Vec<String>,
}

impl Circle {
    /// The part of the house that it lies in.
    pub(super) fn floor(&self) -> String {
        self.files.first().and_then(|file| module(file).first().cloned()).unwrap_or_default()
    }

    pub(super) fn report(&self) -> String {
        format!("{} files of {} import each other:\n  {}", self.files.len(), self.floor(), self.ties.join("\n  "))
    }
}

pub(super) fn circles(imports: &Imports) -> Vec<Circle> {
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file.as_str(), reached_from(file, imports))).collect();
    let mut circles: Vec<Circle> = Vec::new();
    for (file, beyond) in &reached {
        if beyond.contains(file) && !circles.iter().any(|circle| circle.files.contains(*file)) {
            let back = |other: &&&str| reached.get(**other).is_some_and(|reached| reached.contains(file));
            let files: BTreeSet<_> = beyond.iter().filter(back).map(|file| (*file).to_owned()).collect();
            circles.push(Circle { ties: ties(&files, imports), files });
        }
    }
    circles
}

/// Every file that imports lead to from this one.
fn reached_from<'i>(file: &'i str, imports: &'i Imports) -> BTreeSet<&'i str> {
    let (mut reached, mut ahead) = (BTreeSet::new(), vec![file]);
    while let Some(file) = ahead.pop() {
        let next = imports.get(file).into_iter().flat_map(BTreeMap::keys);
        ahead.extend(next.map(String::as_str).filter(|next| reached.insert(*next)));
    }
    reached
}

fn ties(files: &BTreeSet<String>, imports: &Imports) -> Vec<String> {
    let tie = |from: &String| {
        let inside = imports[from].iter().filter(|(to, _)| files.contains(*to));
        let tie = |(to, names): (&String, &BTreeSet<String>)| {
            format!("{from} -> {to}: {}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        };
        inside.map(tie).collect::<Vec<_>>()
    };
    files.iter().flat_map(tie).collect()
}
