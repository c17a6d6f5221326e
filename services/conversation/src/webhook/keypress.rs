//! A key was pressed in a call: only now is said what must not reach an answering machine (R92).

use super::desk::Desk;
use super::inbound::Reply;
use super::twilio::Report;
use crate::domain::News;
use crate::error::Error;
use crate::provider::twilio::{hang_up, tell};
use crate::store::{InTransit, Tx};
use bitewing_rpc::Call;

/// How often one message is said: Twilio repeats a request whose answer it did not get.
const MAX_TOLD: i16 = 3;

impl Desk {
    /// Says what the patient asked to hear, on the one call that was made for it; on any other, too
    /// late, too often or without a key, it hangs up without a word.
    pub(super) async fn keypress(
        &self,
        mut tx: Tx,
        call: &Call,
        found: &InTransit,
        (key, sid): (&str, &str),
    ) -> Result<Reply, Error> {
        let silence = || Reply::call(hang_up().into());
        let ours = !sid.is_empty() && found.is_of(sid);
        if key.is_empty() || !ours || !found.may_be_said() || found.told >= MAX_TOLD {
            return Ok(silence());
        }
        let id = found.message.id;
        let Some((letter, secret)) = tx.said(id).await? else {
            return Ok(silence());
        };
        // With neither part marked off, nothing was held back for the keypress.
        let Some((_, wording)) = letter.text.split_once("\n\n") else {
            return Ok(silence());
        };
        let said = tell(&letter.language, wording, &letter.marker, &secret);
        tx.count_told(id).await?;
        let news = Report {
            news: News::Delivered,
            sid,
            code: String::new(),
        };
        self.apply(&mut tx, call, found, &news).await?;
        tx.commit().await?;
        Ok(Reply::call(said))
    }
}
