//! Proxies between the client and its tenant.

use std::fs;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, TransportError};
use tokio::io::{self, AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::server::{Server, json, unused_address};
use super::{CLIENT, SECRET, assert_secret_free, read_singly, session, settings};

/// A client that reaches the tenant at `url` through the server.
fn through(proxy: &Server, url: &str) -> Client {
    let mut settings = settings(url, Credentials::Token(SecretString::from("token")));
    let address = proxy.url().replace("http://", "");
    settings.http_proxy = Some(format!("http://me:{SECRET}@{address}").parse().unwrap());
    Client::new(settings).unwrap()
}

#[tokio::test]
async fn a_request_takes_name_and_password_to_the_proxy() {
    let (proxy, nobody) = (Server::start([json(200, CLIENT)]).await, unused_address().await);
    let client = through(&proxy, &format!("http://{nobody}"));
    assert!(read_singly(&session(&client), "abc").await.unwrap().is_some());
    let request = proxy.requests().remove(0);
    assert_eq!(request.target.split('?').next(), Some(format!("http://{nobody}/api/v2/clients/abc").as_str()));
    assert_eq!(request.proxy_authorization, "Basic bWU6czNjcmV0", "me and the secret, in base64");
}

#[tokio::test]
async fn a_failing_proxy_is_told_from_the_tenant() {
    for (status, reason) in [(407, "proxy authorization required"), (502, "it refused")] {
        let proxy = Server::start(vec![json(status, "no"); 3]).await;
        let error = read_singly(&session(&through(&proxy, "https://acme.auth0.com")), "abc").await.unwrap_err();
        let Error::Transport { cause: TransportError::Proxy(said), .. } = &error else { panic!("{error}") };
        assert_eq!(said, reason);
        assert_secret_free(&error);
        assert_eq!(proxy.requests()[0].target, "acme.auth0.com:443");
    }
}

/// A proxy that connects once, and answers what it was asked to connect with.
async fn start_connecting() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let proxying = async move {
        let mut client = BufReader::new(listener.accept().await.unwrap().0);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            client.read_line(&mut head).await.unwrap();
        }
        let target = head.split(' ').nth(1).unwrap();
        let mut tenant = TcpStream::connect(target).await.unwrap();
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
        // Either side ends the connection as it likes.
        let _ = io::copy_bidirectional(&mut client, &mut tenant).await;
        head
    };
    (address, tokio::spawn(proxying))
}

#[tokio::test]
async fn a_tenant_over_tls_is_reached_through_the_proxy() {
    let (tenant, authority) = Server::start_tls([json(200, CLIENT)]).await;
    let (proxy, proxying) = start_connecting().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), authority).unwrap();
    let mut settings = settings(&tenant.https_url(), Credentials::Token(SecretString::from("token")));
    settings.http_proxy = Some(format!("http://me:{SECRET}@{proxy}").parse().unwrap());
    settings.ca_file = Some(file.path().to_owned());
    let client = Client::new(settings).unwrap();
    assert!(read_singly(&session(&client), "abc").await.unwrap().is_some());
    assert_eq!(tenant.requests()[0].proxy_authorization, "", "that is between the client and the proxy");
    drop(client);
    let head = proxying.await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("connect 127.0.0.1:") && head.contains("proxy-authorization: basic "), "{head}");
}
