//! Proxies between the client and its tenant.

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, TransportError};

use super::server::{Server, json, unused_address};
use super::{CLIENT, SECRET, assert_secret_free, session, settings};

/// A client that reaches the tenant at `url` through the server.
fn through(proxy: &Server, url: &str) -> Client {
    let mut settings = settings(url, Credentials::Token(SecretString::from("token")));
    let address = proxy.url().replace("http://", "");
    settings.http_proxy = Some(format!("http://me:{SECRET}@{address}").parse().unwrap());
    Client::new(settings).unwrap()
}

#[tokio::test]
async fn a_request_goes_to_the_proxy_with_its_name_and_password() {
    let (proxy, nobody) = (Server::start([json(200, CLIENT)]).await, unused_address().await);
    let client = through(&proxy, &format!("http://{nobody}"));
    assert!(session(&client).clients().read("abc").await.unwrap().is_some());
    let request = proxy.requests().remove(0);
    assert_eq!(request.target.split('?').next(), Some(format!("http://{nobody}/api/v2/clients/abc").as_str()));
    assert_eq!(request.proxy_authorization, "Basic bWU6czNjcmV0", "me and the secret, in base64");
}

#[tokio::test]
async fn a_proxy_that_makes_no_connection_is_told_from_the_tenant() {
    for (status, reason) in [(407, "proxy authorization required"), (502, "it refused")] {
        let proxy = Server::start(vec![json(status, "no"); 3]).await;
        let error = session(&through(&proxy, "https://acme.auth0.com")).clients().read("abc").await.unwrap_err();
        let Error::Transport { cause: TransportError::Proxy(said), .. } = &error else { panic!("{error}") };
        assert_eq!(said, reason);
        assert_secret_free(&error);
        assert_eq!(proxy.requests()[0].target, "acme.auth0.com:443");
    }
}
