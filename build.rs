//! Compiles `proto/` to Rust, without a system `protoc`.

use std::error::Error;

const FILES: [&str; 5] =
    ["tfplugin6.proto", "grpc_controller.proto", "grpc_stdio.proto", "grpc_broker.proto", "health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure()
        // Tests drive the provider with the generated client; over which transport is theirs to say.
        .build_client(true)
        .build_transport(false)
        // Values reach hundreds of megabytes: share them, do not copy them.
        .bytes(".")
        // Ordered maps make the bytes of a schema the same on every run.
        .btree_map(".")
        .compile_fds(descriptors)?;
    Ok(())
}
