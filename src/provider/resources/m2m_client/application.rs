//! The attributes of an application, and their form in the Management API:
//! <https://auth0.com/docs/api/management/v2/clients>.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

use super::{
    credentials::{same_pem, same_subject, slot::CREDENTIALS},
    forms::{
        is_address, is_credential_name, is_key_id, is_metadata_key, is_name, is_organization_id, is_secret, is_time,
        same_time,
    },
    method::{AUTHENTICATION, DEFAULT_METHOD, METHODS},
};
use crate::{
    framework::Timeouts,
    model,
    schema::{COMPUTED, Default, OPTIONAL, PLANNED, REQUIRED, Rule},
};

model! {
    /// A machine-to-machine application: it gets tokens with its own credentials, without a user.
    ///
    /// `auth0_client_grant` lets the application call an API. Plan and state never contain the client secret. Auth0
    /// generates it, or `client_secret_wo` supplies it. To use it elsewhere, read it with the ephemeral resource
    /// `auth0_client_secret`.
    ///
    /// A default applies when you create the application, and when you remove a value from the configuration. If an
    /// imported application lacks a value, it stays without it.
    ///
    /// Each create, update or delete takes one Management API request, plus one to set or rotate the secret. The first
    /// create in a run takes one more. A refresh reads up to 100 applications per request.
    ///
    /// If the response to a create is lost, the provider searches for the application before it sends the request
    /// again. If it finds the application, it adopts it. If it cannot tell which application is the new one, the run
    /// fails with an error that names the candidates.
    pub(in crate::provider) struct M2mClient {
        /// The same as `client_id`.
        id: Value<String> = COMPUTED.keep_prior().api("client_id").always_shown(),
        /// The client ID, with which the application requests tokens.
        client_id: Value<String> = COMPUTED.keep_prior().always_shown(),
        /// The name of the application. Several applications in Auth0 can have the same name.
        name: Value<String> = REQUIRED
            .always_shown()
            .rules(&[Rule::Form("non-empty text without `<` and `>`", is_name)]),
        /// What the application is for.
        description: Value<String> = OPTIONAL.cleared_empty().always_shown().rules(&[Rule::Length(0, 140)]),
        /// The URL of the application's logo.
        logo_uri: Value<String> = OPTIONAL
            .cleared_empty()
            .rules(&[Rule::Form("an absolute address such as `https://example.com/logo.png`", is_address)]),
        /// The grant types that the application may use.
        grant_types: Value<BTreeSet<String>> = OPTIONAL
            .default(Default::Strings(&["client_credentials"]))
            .shown_if_readable()
            .rules(&[Rule::Each(&Rule::Length(1, usize::MAX))]),
        /// How the application authenticates at the token endpoint. `client_secret_post` sends its secret in the body of
        /// the request, and `client_secret_basic` in the header `Authorization`. With `private_key_jwt`, a key signs an
        /// assertion. `tls_client_auth` uses a certificate whose subject is registered, and
        /// `self_signed_tls_client_auth` one that is registered itself. `credentials` has the keys and certificates.
        /// `none` excludes the grant type `client_credentials`.
        authentication_method: Value<String> = OPTIONAL
            .default(Default::String(DEFAULT_METHOD))
            .mapped(&AUTHENTICATION)
            .rules(&[Rule::OneOf(&METHODS)]),
        /// The keys or certificates with which the application authenticates, by a name of yours. Auth0 accepts at most
        /// two at a time, so that a new one can work beside the old one. Everything but the expiry is part of the
        /// credential: if it changes, the provider registers another one and removes the old one. Auth0 keeps the name
        /// of the create. The state shows a credential as `ID (detached)` if the provider registered it and it is not
        /// attached, because an apply failed or somebody detached it. The next apply attaches it or deletes it.
        credentials: Value<BTreeMap<String, Credential>> = OPTIONAL.mapped(&CREDENTIALS).rules(&[
            Rule::Items(0, 2),
            Rule::Keys(&Rule::Form("1 to 128 characters that do not end with ` (detached)`", is_credential_name)),
        ]),
        /// The ID tokens of the application. For access tokens, the settings of their API count.
        jwt_configuration: Value<JwtConfiguration> = OPTIONAL.default(Default::Nested).merged().absent(Default::Nested),
        /// Metadata of your own: texts by key.
        client_metadata: Value<BTreeMap<String, String>> = OPTIONAL.merged().rules(&[
            Rule::Items(0, 10),
            Rule::Keys(&Rule::Form("1 to 255 letters, digits, spaces, tabs or characters of `:,-+=_*?\"/\\()<>@`", is_metadata_key)),
            Rule::Each(&Rule::Length(0, 255)),
        ]),
        /// Audiences and realms of the application in SAML and WS-Federation. An alias is unique in the tenant.
        client_aliases: Value<BTreeSet<String>> = OPTIONAL.cleared_empty().rules(&[NO_EMPTY_TEXT]),
        /// The client IDs of applications that may make delegation requests for this one.
        allowed_clients: Value<BTreeSet<String>> = OPTIONAL.cleared_empty().rules(&[NO_EMPTY_TEXT]),
        /// How many tokens the application may get, instead of the tenant's default.
        token_quota: Value<TokenQuota> = OPTIONAL,
        /// The profiles of token exchange that the application may use.
        token_exchange: Value<TokenExchange> = OPTIONAL,
        /// Whether users sign in to the application through an organization: never (`deny`, the default), on demand
        /// (`allow`) or always (`require`). For the application's own tokens, see `organization_usage` of
        /// `auth0_client_grant`.
        organization_usage: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["deny", "allow", "require"])]),
        /// What happens if `organization_usage` is `require` and a sign-in names no organization: an error
        /// (`no_prompt`, the default), or a prompt before (`pre_login_prompt`) or after (`post_login_prompt`) the
        /// sign-in.
        organization_require_behavior: Value<String> = OPTIONAL
            .rules(&[Rule::OneOf(&["no_prompt", "pre_login_prompt", "post_login_prompt"])]),
        /// The organization of a token if the grant requires one and the token request names none.
        default_organization: Value<DefaultOrganization> = OPTIONAL,
        /// Whether tokens and flows strictly conform to OpenID Connect. Third-party applications always do.
        oidc_conformant: Value<bool> = OPTIONAL.default(Default::Bool(true)).absent(Default::Bool(false)),
        /// Whether the application is the tenant's own. Third-party applications have no organization settings.
        is_first_party: Value<bool> = OPTIONAL.default(Default::Bool(true)).absent(Default::Bool(true)),
        /// Whether Auth0 trusts the header `auth0-forwarded-for` of token requests, which has the IP address of the
        /// user.
        is_token_endpoint_ip_header_trusted: Value<bool> = OPTIONAL.default(Default::Bool(false)).absent(Default::Bool(false)),
        /// Whether tokens are bound to a key, and the application must prove that it has the key.
        require_proof_of_possession: Value<bool> = OPTIONAL.default(Default::Bool(false)).absent(Default::Bool(false)),
        /// Whether the application must push authorization requests to Auth0 first.
        require_pushed_authorization_requests: Value<bool> = OPTIONAL.default(Default::Bool(false)).absent(Default::Bool(false)),
        /// How long a pushed authorization request is valid, in seconds. Default: Auth0's own.
        par_request_expiry: Value<i64> = OPTIONAL.rules(&[Rule::Range(10, 600)]),
        /// The security profile that Auth0 enforces for the application. It needs a subscription that includes the
        /// profile.
        compliance_level: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&[
            "none",
            "fapi1_adv_pkj_par",
            "fapi1_adv_mtls_par",
            "fapi2_sp_pkj_mtls",
            "fapi2_sp_mtls_mtls",
        ])]),
        /// A client secret of your own, instead of a generated one. The provider sends it when it creates the
        /// application, and when `client_secret_wo_version` changes. A new secret alone has no effect, because
        /// Terraform stores nothing to compare it with. It needs `update:client_keys`. If you remove it, the
        /// application keeps its secret.
        client_secret_wo: Value<SecretString> = OPTIONAL.write_only().rules(&[
            Rule::Length(1, usize::MAX),
            Rule::Form("text in one line, without white space around it", is_secret),
        ]),
        /// The version of `client_secret_wo`, any whole number from 1. Raise it to set another secret.
        client_secret_wo_version: Value<i64> = OPTIONAL.trigger().rules(&[Rule::Range(1, i64::MAX)]),
        /// Values of your own, such as a date, by key. When one of them changes, Auth0 generates a new secret, and the
        /// old secret stops working within 30 seconds. The secret does not change when you create or import the
        /// application, or add or remove the whole map. It needs `update:client_keys`, and excludes `client_secret_wo`.
        rotate_secret_when: Value<BTreeMap<String, String>> = OPTIONAL.trigger(),
        /// Whether Terraform refuses to delete or replace the application. The last applied value counts, so neither
        /// `terraform destroy` nor removing the block bypasses it.
        deletion_protection: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// How long each operation may take, as a duration such as `30s`, `20m` or `1h30m`.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
    }
}

model! {
    /// A key, a certificate or the subject of a certificate.
    pub(in crate::provider) struct Credential {
        /// The public key in PEM form, or a certificate. For `tls_client_auth`, the certificate whose subject is
        /// registered. Auth0 does not show it, so after an import it is null, which means the credential that is
        /// registered under this name.
        pem: Value<String> = OPTIONAL.equal(same_pem),
        /// The distinguished name of the certificate, one part a line in the order of the certificate. For
        /// `tls_client_auth`, instead of `pem`.
        subject_dn: Value<String> = PLANNED.equal(same_subject).rules(&[Rule::Length(1, 256)]),
        /// The algorithm of assertions with the key: `RS256` by default. For `private_key_jwt`.
        algorithm: Value<String> = PLANNED.api("alg").rules(&[Rule::OneOf(&["RS256", "RS384", "PS256"])]),
        /// The `kid` of the key. By default, Auth0 derives it from the key. For `private_key_jwt`.
        key_id: Value<String> = PLANNED.api("kid")
            .rules(&[Rule::Form("10 to 64 letters, digits, `-` and `_`", is_key_id)]),
        /// When Auth0 stops accepting the key, such as `2027-01-31T12:00:00Z`. It can be changed in place, and without
        /// it the key does not expire. For `private_key_jwt`.
        expires_at: Value<String> = PLANNED.equal(same_time)
            .rules(&[Rule::Form("a time with its zone such as `2027-01-31T12:00:00Z`", is_time)]),
        /// Whether the key expires with the certificate in `pem`. For `private_key_jwt`.
        parse_expiry_from_cert: Value<bool> = OPTIONAL,
        /// The ID of the credential.
        id: Value<String> = COMPUTED.keep_prior(),
        /// The SHA-256 thumbprint of the certificate. For `self_signed_tls_client_auth`.
        thumbprint_sha256: Value<String> = COMPUTED.keep_prior(),
        /// When the certificate ends. Certificates for mutual TLS are not accepted after that.
        not_after: Value<String> = COMPUTED.keep_prior(),
        /// When the credential was registered.
        created_at: Value<String> = COMPUTED.keep_prior(),
    }
}

model! {
    /// The ID tokens of an application.
    pub(in crate::provider) struct JwtConfiguration {
        /// The algorithm that signs ID tokens.
        alg: Value<String> = OPTIONAL
            .default(Default::String("RS256"))
            .rules(&[Rule::OneOf(&["HS256", "RS256", "RS512", "PS256"])]),
        /// How long ID tokens are valid, in seconds.
        lifetime_in_seconds: Value<i64> = OPTIONAL.default(Default::Int(36_000)).rules(&[Rule::Range(1, i64::MAX)]),
        /// Whether the client secret is base64 encoded. It can be set only when the application is created.
        secret_encoded: Value<bool> = OPTIONAL
            .default(Default::Bool(false))
            .absent(Default::Bool(false))
            .requires_replace(),
    }
}

model! {
    /// Quotas of issued tokens, by grant type.
    pub(in crate::provider) struct TokenQuota {
        /// Tokens with the grant type `client_credentials`.
        client_credentials: Value<ClientCredentialsQuota> = REQUIRED,
    }
}

model! {
    /// A quota of issued tokens. It needs at least one limit.
    pub(in crate::provider) struct ClientCredentialsQuota {
        /// Whether Auth0 refuses further tokens. If `false`, it only writes to the tenant's log.
        enforce: Value<bool> = OPTIONAL.default(Default::Bool(true)).absent(Default::Bool(true)),
        /// Maximum tokens per hour, counted from the full hour (UTC).
        per_hour: Value<i64> = OPTIONAL.rules(&[QUOTA]),
        /// Maximum tokens per day, counted from midnight (UTC).
        per_day: Value<i64> = OPTIONAL.rules(&[QUOTA]),
    }
}

model! {
    /// Token exchange of an application.
    pub(in crate::provider) struct TokenExchange {
        /// The types of profiles. The application may use every profile of these types.
        allow_any_profile_of_type: Value<BTreeSet<String>> = REQUIRED.rules(&[
            Rule::Items(1, usize::MAX),
            Rule::Each(&Rule::OneOf(&["custom_authentication", "on_behalf_of_token_exchange"])),
        ]),
    }
}

model! {
    /// The default organization of an application.
    pub(in crate::provider) struct DefaultOrganization {
        /// The ID of the organization.
        organization_id: Value<String> = REQUIRED
            .rules(&[Rule::Form("an organization ID such as `org_9ybsU1dN2dKfDkBi`", is_organization_id)]),
        /// The flows that use the organization.
        flows: Value<BTreeSet<String>> = OPTIONAL
            .default(Default::Strings(&["client_credentials"]))
            .rules(&[Rule::Items(1, usize::MAX), Rule::Each(&Rule::OneOf(&["client_credentials"]))]),
    }
}

const NO_EMPTY_TEXT: Rule = Rule::Each(&Rule::Length(1, usize::MAX));

/// Limits from the reference of the Management API.
const QUOTA: Rule = Rule::Range(1, 2_147_483_647);
