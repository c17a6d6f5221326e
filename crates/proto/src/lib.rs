//! Generated wire types, service stubs and descriptors.
//!
//! Wire types stop at a service's `grpc/` folder: behind it live domain types that cannot be wrong.
//! No generated message implements `Debug`, since most carry personal data.
#![expect(missing_docs, reason = "generated from the comments in proto/")]
#![expect(clippy::all, clippy::pedantic, reason = "generated")]

use prost_reflect::DescriptorPool;
use std::sync::LazyLock;

/// Every file of `proto/`, with options and comments.
pub static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice())
        .expect("the build wrote valid descriptors")
});

macro_rules! packages {
    ($($area:ident: $package:literal),* $(,)?) => {$(
        pub mod $area {
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    )*};
}

pub mod bitewing {
    packages! {
        access: "bitewing.access.v1",
        common: "bitewing.common.v1",
        feed: "bitewing.feed.v1",
        identity: "bitewing.identity.v1",
        patient: "bitewing.patient.v1",
        template: "bitewing.template.v1",
        conversation: "bitewing.conversation.v1",
        document: "bitewing.document.v1",
    }
}

pub use bitewing::access::v1 as access;
pub use bitewing::common::v1 as common;
pub use bitewing::conversation::v1 as conversation;
pub use bitewing::document::v1 as document;
pub use bitewing::feed::v1 as feed;
pub use bitewing::identity::v1 as identity;
pub use bitewing::patient::v1 as patient;
pub use bitewing::template::v1 as template;
