//! Connections on which nothing happens.

use std::time::Duration;

use terraform_provider_auth0::emulator::{Action, Emulator, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Tenant;
use super::raw::{Sent, answer, connect, exchange};

const SILENCE: Duration = Duration::from_millis(300);

async fn impatient() -> Tenant {
    Tenant::of(Emulator::builder().silence(SILENCE).start()).await
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let tenant = impatient().await;
    assert_closes(&mut connect(&tenant).await).await;

    let mut used = connect(&tenant).await;
    for _ in 0..2 {
        let sent = Sent { path: "/_emulator/requests", ..Sent::to(&tenant) };
        used.write_all(sent.head().as_bytes()).await.unwrap();
        assert_eq!(answer(&mut used).await.unwrap().status, 200);
    }
    assert_closes(&mut used).await;
}

#[tokio::test]
async fn head_that_does_not_arrive_is_given_up() {
    let tenant = impatient().await;
    let (mut receiving, mut sending) = connect(&tenant).await.into_split();
    let dripping = tokio::spawn(async move {
        sending.write_all(b"GET / HTTP/1.1\r\n").await?;
        loop {
            sending.write_all(b"X-Header: x\r\n").await?;
            tokio::time::sleep(SILENCE / 20).await;
        }
        #[expect(unreachable_code, reason = "names the type of the errors")]
        Ok::<_, std::io::Error>(())
    });
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(10), receiving.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the connection stayed open");
    dripping.abort();
}

#[tokio::test]
async fn tls_that_is_never_spoken_is_given_up() {
    let tenant = Emulator::builder().tls(true).silence(SILENCE).start();
    assert_closes(&mut TcpStream::connect(tenant.domain()).await.unwrap()).await;
}

#[tokio::test]
async fn a_slow_answer_is_no_silence() {
    let tenant = impatient().await;
    tenant.emulator.fault(Fault::new("GET", "*", Action::delay_ms(900)));
    let sent = Sent { path: "/.well-known/jwks.json", ..Sent::to(&tenant) };
    assert_eq!(exchange(&tenant, &sent).await.status, 200);
}

async fn assert_closes(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the connection stayed open");
    assert_eq!(rest, b"");
}
