//! The trace that caused an event or a job goes on when it is handled, in the form of W3C Trace Context.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The trace this happens in, if there is one.
pub(crate) fn current() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        let flags = span.trace_flags().to_u8();
        format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id())
    })
}

/// Makes a span a part of the trace it was caused in.
pub(crate) fn continued(span: Span, traceparent: Option<&str>) -> Span {
    if let Some(cause) = traceparent.and_then(parse) {
        // Without an OpenTelemetry layer there is no parent to set, and nothing is lost.
        let _ = span.set_parent(Context::new().with_remote_span_context(cause));
    }
    span
}

fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.splitn(4, '-');
    let ("00", trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
    else {
        return None;
    };
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_contexts_are_read_or_ignored() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(parse(text).unwrap().is_sampled());
        let zeros = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        let future = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for text in ["", "00", future, zeros] {
            assert_eq!(parse(text), None);
        }
    }
}
