//! `corner_work`: an action that takes some steps and ends in every way there is.

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Action, Cx, Progress};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{OPTIONAL, REQUIRED, Rule};

use super::store::Store;

model! {
    /// Some work.
    pub(crate) struct Work {
        /// How many steps it takes.
        steps: Value<i64> = REQUIRED.rules(&[Rule::Range(0, 9)]),
        /// How it ends: in a `failure`, in a `panic`, or only when a stop is asked for (`wait`).
        ending: Value<String> = OPTIONAL,
    }
}

pub(crate) struct WorkAction;

impl Action<Store> for WorkAction {
    const NAME: &'static str = "corner_work";
    type Model = Work;

    fn validate(&self, config: &Work) -> Diagnostics {
        let idle = config.steps.known() == Some(&0);
        if idle { super::problem("Nothing to Do").at("steps").into() } else { Diagnostics::new() }
    }

    async fn invoke(&self, cx: &Cx<Store>, config: Work, progress: &Progress) -> Result<(), Diagnostics> {
        for step in 1..=config.steps.into_known().unwrap() {
            progress.tell(format!("step {step}"));
            tokio::task::yield_now().await;
        }
        match config.ending.as_str() {
            Some("failure") => Err(super::problem("Failed").into()),
            Some("panic") => panic!("told to"),
            Some("wait") => {
                cx.stop.cancelled().await;
                Err(super::problem("Interrupted").into())
            }
            _ => Ok(()),
        }
    }
}
