//! The story itself, chapter by chapter. Whatever is not as told ends it.

use reqwest::StatusCode;
use secrecy::ExposeSecret as _;

use super::Failure;
use super::narrator::Narrator;
use super::tenant::Tenant;
use super::workspace::{Outputs, Workspace};

/// The one change that is made.
const CHANGE: [&str; 1] = ["-var=lifetime_in_seconds=7200"];
const CHANGED: u64 = 7200;

pub(crate) async fn tell(narrator: &Narrator, workspace: &Workspace<'_>, tenant: &Tenant) -> Result<(), Failure> {
    narrator.chapter("1. Plan: what Terraform would do");
    narrator.say(
        "examples/quickstart/main.tf declares an application, and that it may read users. What it leaves out gets",
    );
    narrator.say("Auth0's documented defaults, so that the plan shows all that will be.");
    workspace.plan(narrator, &[]).await?.tell(narrator);

    narrator.chapter("2. Apply: do it");
    workspace.apply(narrator).await?;
    let made = workspace.outputs().await?;
    narrator.fact("client_id", &made.client_id);
    narrator.fact("grant_id", &made.grant_id);

    narrator.chapter("3. The new client at work");
    work(narrator, workspace, tenant, &made).await?;

    narrator.chapter("4. The tenant's view");
    view(narrator, tenant, &made).await?;

    narrator.chapter("5. Change one attribute");
    narrator.say("The plan has the difference alone, and so has the request that is sent.");
    workspace.plan(narrator, &CHANGE).await?.tell(narrator);
    workspace.apply(narrator).await?;
    changed(narrator, tenant, &made).await?;

    narrator.chapter("6. Plan again: nothing to do");
    if !workspace.is_up_to_date(narrator, &CHANGE).await? {
        return Err("the plan after the apply is not empty".into());
    }
    narrator.success("The plan is empty: configuration, state and tenant agree.");

    narrator.chapter("7. Destroy: leave nothing behind");
    workspace.destroy(narrator).await?;
    gone(tenant, &made).await?;
    narrator.success("The tenant has neither the client nor the grant any more.");
    Ok(())
}

/// The client gets a token with its own secret, and calls what it may and what it may not.
async fn work(narrator: &Narrator, workspace: &Workspace<'_>, tenant: &Tenant, made: &Outputs) -> Result<(), Failure> {
    let (secret, is_private) = workspace.secret()?;
    if !is_private {
        return Err("others can read the file with the client secret".into());
    }
    if workspace.state()?.contains(secret.expose_secret()) {
        return Err("the client secret is in Terraform's state".into());
    }
    narrator.say(
        "Terraform has handed its secret over: to a file of its owner alone, by an ephemeral resource. It is not in",
    );
    narrator.say("Terraform's state (just checked), nor shown here.");

    let token = tenant.token(&made.client_id, &secret).await?;
    narrator.say("POST /oauth/token, with the client's own id and secret:");
    narrator.fact("token", format!("{}, valid for {} s", token.algorithm, token.lifetime));
    narrator.fact("scope", &token.scope);

    let users = tenant.get("users", &token).await?.expect(StatusCode::OK)?;
    let count = users.as_array().map_or(0, Vec::len);
    narrator.success(&format!("GET /api/v2/users    200, as granted ({count} users on the first page)"));

    let refused = tenant.get("clients", &token).await?;
    let message = refused.message().to_owned();
    refused.expect(StatusCode::FORBIDDEN)?;
    narrator.success(&format!("GET /api/v2/clients  403, as not granted: {message}"));
    Ok(())
}

/// What the Management API shows of the client and its permissions.
async fn view(narrator: &Narrator, tenant: &Tenant, made: &Outputs) -> Result<(), Failure> {
    let token = tenant.manage().await?;
    let client = tenant.get(&format!("clients/{}", made.client_id), &token).await?.expect(StatusCode::OK)?;
    for name in ["name", "app_type", "grant_types", "token_endpoint_auth_method"] {
        narrator.fact(name, &client[name]);
    }
    for name in ["alg", "lifetime_in_seconds"] {
        narrator.fact(&format!("jwt {name}"), &client["jwt_configuration"][name]);
    }
    let grants = tenant.get(&format!("client-grants?client_id={}", made.client_id), &token).await?;
    for grant in grants.expect(StatusCode::OK)?.as_array().into_iter().flatten() {
        narrator.fact("may call", format!("{} with {}", grant["audience"], grant["scope"]));
    }
    Ok(())
}

/// Checks with the tenant that the change arrived.
async fn changed(narrator: &Narrator, tenant: &Tenant, made: &Outputs) -> Result<(), Failure> {
    let token = tenant.manage().await?;
    let client = tenant.get(&format!("clients/{}", made.client_id), &token).await?.expect(StatusCode::OK)?;
    let lifetime = &client["jwt_configuration"]["lifetime_in_seconds"];
    if *lifetime != CHANGED {
        return Err(format!("the tenant has a lifetime of {lifetime} s instead of {CHANGED} s").into());
    }
    narrator.success(&format!("The tenant has {lifetime} s now."));
    Ok(())
}

/// Checks with the tenant that nothing is left.
async fn gone(tenant: &Tenant, made: &Outputs) -> Result<(), Failure> {
    let token = tenant.manage().await?;
    tenant.get(&format!("clients/{}", made.client_id), &token).await?.expect(StatusCode::NOT_FOUND)?;
    tenant.get(&format!("client-grants/{}", made.grant_id), &token).await?.expect(StatusCode::NOT_FOUND)?;
    Ok(())
}
