//! What every change of a template leaves behind: an event and a line of audit.

use crate::domain::Template;
use crate::error::Error;
use crate::store::Tx;
use bitewing_rpc::Call;
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    template: &Template,
) -> Result<(), Error> {
    let details = json!({
        "kind": template.slot.kind.name(),
        "language": template.slot.language.tag(),
        "channel": template.slot.channel.name(),
        "version": template.version,
    });
    let resource = template.id.to_string();
    tx.emit(Event {
        event_type: what,
        resource,
        payload: details.clone(),
    })
    .await?;
    tx.audit(audit::entry(call, what, template.id, None, details))
        .await?;
    Ok(())
}
