//! The access rule of a method, read from its `bitewing.access.v1.access` option.

use bitewing_proto::access::{Access, CallerKind};
use prost_reflect::MethodDescriptor;

const OPTION: &str = "bitewing.access.v1.access";

/// Reads the rule of a method; a method without one has no callers at all.
pub(super) fn of(method: &MethodDescriptor) -> Access {
    let Some(option) = method.parent_pool().get_extension_by_name(OPTION) else {
        return Access::default();
    };
    let options = method.options();
    let rule = options.get_extension(&option);
    rule.as_message()
        .and_then(|rule| rule.transcode_to().ok())
        .unwrap_or_default()
}

/// Whether somebody but services may call.
pub(super) fn is_exposed(access: &Access) -> bool {
    access.callers().any(|caller| match caller {
        CallerKind::Public | CallerKind::ApiClient | CallerKind::User | CallerKind::Operator => {
            true
        }
        CallerKind::Service | CallerKind::Unspecified => false,
    })
}
