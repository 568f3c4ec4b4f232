//! The command line.

use std::ffi::OsString;

/// What the process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Serve the Terraform process that started it. Terraform passes no arguments.
    Plugin,
    /// Serve every host that attaches.
    Debug,
    Version,
    Help,
}

/// Printed by `--help`, and after a usage error.
pub(super) const USAGE: &str = "\
Usage: terraform-provider-auth0 [OPTION]

Terraform starts this program without options. To start it by hand, use one of:

  --debug    serve until Ctrl-C, and print the TF_REATTACH_PROVIDERS that attaches Terraform to this process
  --version  print the version
  --help     print this text

Environment:

  TF_LOG_PROVIDER_AUTH0, TF_LOG_PROVIDER, TF_LOG
             level of the log on standard error: TRACE, DEBUG, INFO, WARN, ERROR, OFF or JSON; the first one set counts
  AUTH0_PROVIDER_LISTENER
             `unix` (default) or `tcp`: how Terraform reaches the provider; for systems without unix sockets
";

impl Mode {
    /// An option may have one dash, like a flag in Go. The error is the unknown argument.
    pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        let Some(first) = arguments.next() else { return Ok(Self::Plugin) };
        let mode = match first.to_str() {
            Some("--debug" | "-debug") => Self::Debug,
            Some("--version" | "-version") => Self::Version,
            Some("--help" | "-help" | "-h") => Self::Help,
            _ => return Err(first.to_string_lossy().into_owned()),
        };
        match arguments.next() {
            None => Ok(mode),
            Some(extra) => Err(extra.to_string_lossy().into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Mode, String> {
        Mode::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn one_option_at_most() {
        assert_eq!(parse(&[]), Ok(Mode::Plugin));
        assert_eq!(parse(&["--debug"]), Ok(Mode::Debug));
        assert_eq!(parse(&["-debug"]), Ok(Mode::Debug));
        assert_eq!(parse(&["--version", "--help"]), Err("--help".to_owned()));
        assert_eq!(parse(&["--debug=true"]), Err("--debug=true".to_owned()));
    }
}
