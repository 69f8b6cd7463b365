//! Compiles the Webcast schema with a protobuf compiler written in Rust, so no `protoc` is needed.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=src/wire/webcast.proto");
    println!("cargo::rerun-if-changed=migrations");
    let schema = protox::compile(["webcast.proto"], ["src/wire"])?;
    // Bytes fields share the frame's buffer instead of copying it.
    prost_build::Config::new().bytes(["."]).compile_fds(schema)?;
    Ok(())
}
