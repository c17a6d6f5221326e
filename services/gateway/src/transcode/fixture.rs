//! Contracts for tests: one with every shape, and one-method ones made on the spot.

use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};
use std::sync::LazyLock;

/// `fixture/desk/v1/desk.proto`.
pub(crate) static DESKS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    compile(
        "desk/v1/desk.proto",
        include_str!("fixture/desk/v1/desk.proto"),
    )
});

/// A service `test.v1.TestService` with these methods, in proto.
pub(crate) fn service(methods: &str) -> DescriptorPool {
    let source = format!(
        r#"
        syntax = "proto3";
        package test.v1;
        import "bitewing/access/v1/access.proto";
        import "google/api/annotations.proto";
        service TestService {{ {methods} }}
        message Empty {{}}
        message Query {{ string id = 1; repeated string ids = 2; Empty inner = 3; }}
        "#
    );
    compile("test.proto", &source)
}

fn compile(name: &'static str, source: &str) -> DescriptorPool {
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
    let mut resolver = ChainFileResolver::new();
    resolver.add(Inline {
        name,
        source: source.to_owned(),
    });
    resolver.add(IncludeFileResolver::new(contracts.into()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file(name).expect("the contract compiles");
    compiler.descriptor_pool()
}

struct Inline {
    name: &'static str,
    source: String,
}

impl FileResolver for Inline {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == self.name {
            File::from_source(name, &self.source)
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}
