//! What Terraform's log has of the provider.

use std::fs;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![
    item_025_no_process_has_to_be_killed,
    item_037_lines_appear_at_their_own_level_with_their_fields,
    item_038_without_a_level_nothing_is_written,
    item_041_nothing_unexpected_comes_over_the_streams,
    item_042_a_call_can_be_followed_by_its_id,
];

/// The lines of the provider, from a life at this level.
fn logged(variable: &str, level: &str) -> Vec<String> {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.env(variable, level);
    terraform.env("TF_LOG_PATH", terraform.path("terraform.log").to_str().unwrap());
    terraform.apply();
    terraform.destroy();
    terraform.log().lines().map(str::to_owned).collect()
}

/// The provider's own lines among them. Terraform logs about plugins under other names.
fn of_provider(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| line.contains(" provider.terraform-provider-auth0: ")).collect()
}

fn item_025_no_process_has_to_be_killed() {
    let lines = logged("TF_LOG", "trace");
    assert!(lines.iter().any(|line| line.contains("plugin process exited")), "that they end is logged");
    let killed = lines.iter().find(|line| line.contains("failed to exit gracefully"));
    assert_eq!(killed, None);
}

fn item_037_lines_appear_at_their_own_level_with_their_fields() {
    let lines = logged("TF_LOG_PROVIDER", "debug");
    let of_provider = of_provider(&lines);
    let answered = of_provider.iter().find(|line| line.contains("received a response")).expect("requests are logged");
    assert!(answered.contains("[DEBUG]"), "{answered}");
    for field in ["method=", "path=", "status=200", "tf_rpc="] {
        assert!(answered.contains(field), "{field} is not in {answered}");
    }
    assert!(!of_provider.iter().any(|line| line.contains("[TRACE]")), "{of_provider:?}");

    let lines = logged("TF_LOG_PROVIDER", "info");
    let of_provider = self::of_provider(&lines);
    assert!(!of_provider.is_empty());
    let summary = |line: &&&String| line.contains("[INFO]") && line.contains("requests to the tenant");
    assert_eq!(of_provider.iter().find(|line| !summary(line)), None, "nothing else worth a line happened");
    let fields = ["requests=", "retries=0", "waited_ms=", "pages=", "objects=", "from_pages=", "confirmations=0"];
    for field in fields {
        assert!(of_provider.iter().all(|line| line.contains(field)), "{field} is not in {of_provider:?}");
    }
}

fn item_038_without_a_level_nothing_is_written() {
    let terraform = Workspace::new();
    // Terraform throws standard error away when it does not log, so something in between keeps it.
    let kept = terraform.path("stderr");
    terraform.wrap_provider(&format!("exec \"$PROVIDER\" \"$@\" 2>>'{}'", kept.display()));
    terraform.config(SMALL);
    terraform.apply();
    terraform.destroy();
    assert_eq!(fs::read_to_string(kept).unwrap(), "");
}

fn item_041_nothing_unexpected_comes_over_the_streams() {
    let lines = logged("TF_LOG", "trace");
    let unexpected = lines.iter().find(|line| line.contains("unexpected data"));
    assert_eq!(unexpected, None);
}

fn item_042_a_call_can_be_followed_by_its_id() {
    let lines = logged("TF_LOG", "trace");
    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}="))?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    let of_provider = of_provider(&lines);
    let create = of_provider
        .iter()
        .find(|line| line.contains("tf_rpc=ApplyResourceChange") && line.contains("auth0_client_grant"))
        .expect("the call is logged");
    let id = field(create, "tf_req_id").expect("it has an id");
    let followed: Vec<_> = of_provider.iter().filter(|line| line.contains(&id)).collect();
    assert!(followed.len() >= 3, "its start, its end and its request: {followed:?}");
    for line in followed {
        assert_eq!(field(line, "tf_resource_type").as_deref(), Some("auth0_client_grant"), "{line}");
        assert_eq!(field(line, "tf_rpc").as_deref(), Some("ApplyResourceChange"), "{line}");
    }
}
