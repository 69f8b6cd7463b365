//! Compiles the Webcast schema with a protobuf compiler written in Rust, so no `protoc` is needed.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=src/wire/webcast.proto");
    println!("cargo::rerun-if-changed=migrations");
    let schema = protox::compile(["webcast.proto"], ["src/wire"])?;
    // Bytes fields share the frame's buffer instead of copying it.
    prost_build::Config::new().bytes(["."]).compile_fds(schema)?;
    // What the loader has to adjust takes a fiftieth of the space when it is written as a bitmap (RELR).
    let target = |part| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    Ok(())
}
