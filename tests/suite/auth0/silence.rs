//! A connection that dies without a word, as behind a firewall or after a laptop slept.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials};
use terraform_provider_auth0::emulator::Emulator;
use tokio::io;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{read_singly, session, settings};

/// Passes connections on to a tenant. Those that are there when `silence` is told pass nothing any more, and stay open.
async fn forward(to: String, silence: watch::Receiver<bool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let (mut tenant, mut silence) = (TcpStream::connect(&to).await.unwrap(), silence.clone());
            silence.mark_unchanged();
            tokio::spawn(async move {
                tokio::select! {
                    _ = io::copy_bidirectional(&mut client, &mut tenant) => {}
                    _ = silence.changed() => std::future::pending().await,
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_dead_connection_of_http_2_is_replaced() {
    // On the port of whoever passes requests on.
    let tenant = Emulator::builder().tls(true).allow_host("127.0.0.1".parse().unwrap()).start();
    let (silence, silenced) = watch::channel(false);
    let address = forward(tenant.domain().to_owned(), silenced).await;
    let client_secret = SecretString::from(tenant.client_secret());
    let credentials = Credentials::ClientSecret { client_id: tenant.client_id().to_owned(), client_secret };
    let mut settings = settings(&format!("https://{address}"), credentials);
    settings.audience = Some(format!("{}/api/v2/", tenant.url()));
    settings.ca_file = tenant.ca_file().map(Into::into);
    settings.request_timeout = Duration::from_secs(3);
    let client = Client::new(settings).unwrap();
    let find = || async { read_singly(&session(&client), tenant.client_id()).await.unwrap() };
    assert!(find().await.is_some());
    silence.send(true).unwrap();
    assert!(find().await.is_some());
}
