//! The generated protocol types, and the only place that includes them.

/// Terraform's plugin protocol 6.
#[expect(missing_docs, clippy::pedantic, unused_qualifications, reason = "generated code")]
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// The services that go-plugin hosts expect in addition.
#[expect(missing_docs, clippy::pedantic, unused_qualifications, reason = "generated code")]
pub mod plugin {
    tonic::include_proto!("plugin");
}

/// gRPC health checking.
#[expect(missing_docs, clippy::pedantic, unused_qualifications, reason = "generated code")]
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
