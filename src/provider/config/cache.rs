//! The folder for tokens between runs.

use std::path::PathBuf;

use super::{Config, setting::Lookup};
use crate::diagnostic::Diagnostic;

/// The folder, if `token_cache` is set: <https://specifications.freedesktop.org/basedir-spec/latest/>.
pub(super) fn folder(config: &Config, lookup: &Lookup<'_>) -> Result<Option<PathBuf>, Diagnostic> {
    let text = config.token_cache.map(|is_wanted| is_wanted.to_string());
    let Some(setting) = lookup.find::<String>("token_cache", &text) else { return Ok(None) };
    match setting.value.as_str() {
        "true" | "1" => {}
        "false" | "0" => return Ok(None),
        other => return Err(setting.unusable(format!("{other:?} is neither `true` nor `false`"))),
    }
    let absolute = |name| lookup.foreign_variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    match caches {
        Some(caches) => Ok(Some(caches.join("terraform-provider-auth0"))),
        None => Err(setting.unusable("it needs a folder, but neither `XDG_CACHE_HOME` nor `HOME` is set")),
    }
}
