//! GetKeywordTable and UpdateKeywordTable: what an organization added to the words by which replies are read.

use super::super::Api;
use crate::domain::reply::{Added, Additions, List, MAX_WORDS};
use crate::error::Error;
use bitewing_core::Language;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn get(api: &Api, call: &Call) -> Result<pb::GetKeywordTableResponse, Error> {
    let mut tx = api.begin(call).await?;
    let additions = tx.keyword_additions(false).await?;
    tx.commit().await?;
    Ok(pb::GetKeywordTableResponse {
        keyword_table: Some(say(&additions)),
    })
}

pub(super) async fn update(
    api: &Api,
    call: &Call,
    request: &pb::UpdateKeywordTableRequest,
) -> Result<pb::UpdateKeywordTableResponse, Error> {
    let wanted = read(&request.additions)?;
    let mut tx = api.begin(call).await?;
    let kept = tx.keyword_additions(true).await?;
    let wanted = Additions::new(kept.version + 1, wanted);
    if wanted.all() == kept.all() {
        return Ok(pb::UpdateKeywordTableResponse {
            keyword_table: Some(say(&kept)),
        });
    }
    tx.set_keyword_additions(&wanted, api.base.clock.now())
        .await?;
    let (event_type, details) = (
        "keyword_table.updated",
        json!({ "version": wanted.version }),
    );
    tx.emit(Event {
        event_type,
        resource: call.organization().to_string(),
        payload: details.clone(),
    })
    .await?;
    let line = audit::entry(call, event_type, call.organization(), None, details);
    tx.audit(line).await?;
    tx.commit().await?;
    Ok(pb::UpdateKeywordTableResponse {
        keyword_table: Some(say(&wanted)),
    })
}

/// Reads what is to be added, naming each word that cannot be.
fn read(sent: &[pb::KeywordAdditions]) -> Result<Vec<Added>, Error> {
    let mut fields = Fields::new();
    let mut wanted: Vec<Added> = Vec::new();
    if sent.len() > Language::ALL.len() {
        fields.note("additions", "must have at most one entry per language");
        fields.check()?;
        return Ok(wanted);
    }
    for (index, entry) in sent.iter().enumerate() {
        let field = format!("additions[{index}]");
        let language = entry.language.parse::<Language>();
        let Some(language) = fields.take(format!("{field}.language"), language) else {
            continue;
        };
        if wanted.iter().any(|added| added.language == language) {
            fields.note(
                format!("{field}.language"),
                "must be another one than before",
            );
            continue;
        }
        let mut added = Added::none(language);
        for (list, words) in [
            (List::Stop, &entry.stop),
            (List::Help, &entry.help),
            (List::Start, &entry.start),
        ] {
            let field = format!("{field}.{}", list.name());
            if words.len() > MAX_WORDS {
                fields.note(field, format!("must have at most {MAX_WORDS} entries"));
                continue;
            }
            for (place, word) in words.iter().enumerate() {
                fields.take(format!("{field}[{place}]"), added.add(list, word));
            }
        }
        wanted.push(added);
    }
    fields.check()?;
    Ok(wanted)
}

fn say(additions: &Additions) -> pb::KeywordTable {
    let entry = |added: &Added| pb::KeywordAdditions {
        language: added.language.tag().to_owned(),
        stop: added.stop.clone(),
        help: added.help.clone(),
        start: added.start.clone(),
    };
    pb::KeywordTable {
        additions: additions.all().iter().map(entry).collect(),
        version: additions.version,
    }
}
