//! What Twilio tells of messages and calls
//! (<https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>). It tells it in any
//! order, more than once, or never.

use super::desk::Desk;
use super::hook::{Hook, Known};
use super::inbound::Reply;
use crate::dispatch::tell;
use crate::domain::delivery::{advances, is_taken};
use crate::domain::{Channel, News, Reason, State};
use crate::error::Error;
use crate::provider::twilio::{is_over, news_of_call, news_of_message};
use crate::store::{InTransit, Progress, Tx};
use bitewing_core::MessageId;
use bitewing_rpc::Call;

/// The fields of a callback that matter, each as it came first.
pub(super) struct Fields<'a>(&'a [(String, String)]);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> &'a str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Twilio's own name for the message; empty unless it looks like one.
    fn sid(&self, name: &str) -> &'a str {
        let sid = self.get(name);
        let well_formed = sid.len() == 34 && sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if well_formed { sid } else { "" }
    }
}

/// News of a message, and who it is from.
pub(super) struct Report<'a> {
    pub(super) news: News,
    pub(super) sid: &'a str,
    /// The error code.
    pub(super) code: String,
}

impl Desk {
    /// Takes what was told; it is known to be Twilio's.
    pub(super) async fn told(
        &self,
        mut tx: Tx,
        call: &Call,
        known: Known,
        fields: &[(String, String)],
    ) -> Result<Reply, Error> {
        let fields = Fields(fields);
        let (id, channel) = match known.hook {
            Hook::Message(id) => (id, Channel::Sms),
            Hook::Call(id) | Hook::Key(id) => (id, Channel::Voice),
        };
        let Some(found) = of_account(&mut tx, id, known, channel).await? else {
            return Ok(Reply::nobodys());
        };
        let code = fields.get("ErrorCode").parse().ok();
        match known.hook {
            Hook::Message(_) => {
                if let Some(news) = news_of_message(fields.get("MessageStatus"), code) {
                    let sid = fields.sid("MessageSid");
                    self.apply(&mut tx, call, &found, &report(news, sid, code))
                        .await?;
                }
            }
            Hook::Call(_) => {
                let (status, sid) = (fields.get("CallStatus"), fields.sid("CallSid"));
                if let Some(news) = news_of_call(status, code) {
                    self.apply(&mut tx, call, &found, &report(news, sid, code))
                        .await?;
                }
                // The call is over: nothing will be said on it any more.
                if is_over(status) && found.is_of(sid) {
                    tx.scrub(id).await?;
                }
            }
            Hook::Key(_) => {
                let (key, sid) = (fields.get("Digits"), fields.sid("CallSid"));
                return self.keypress(tx, call, &found, (key, sid)).await;
            }
        }
        tx.commit().await?;
        Ok(Reply::taken())
    }

    /// Brings a message as far as the news leads, never back, and tells of it.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        call: &Call,
        found: &InTransit,
        report: &Report<'_>,
    ) -> Result<(), Error> {
        let message = &found.message;
        // That an earlier attempt came to nothing says nothing about the last one.
        let stale = matches!(report.news, News::Failed(_)) && !found.is_of(report.sid);
        if stale || !advances(message.state, report.news) {
            return Ok(());
        }
        let state = report.news.state();
        let reason = report.news.reason().map_or("", Reason::name);
        tx.progress(&Progress {
            id: message.id,
            state,
            reason,
            code: &report.code,
            reference: report.sid,
            // What a call will say is needed until it is over.
            forget: !(message.channel == Channel::Voice && is_taken(state)),
            now: self.base.clock.now(),
        })
        .await?;
        tell(tx, call, message, state, reason).await
    }
}

impl InTransit {
    /// Whether it is the one that Twilio calls so; any is while its own is not known.
    pub(super) fn is_of(&self, sid: &str) -> bool {
        self.reference.is_empty() || self.reference == sid
    }

    /// Whether its time to be spoken has come, and not passed.
    pub(super) fn may_be_said(&self) -> bool {
        let under_way = matches!(self.message.state, State::Sending | State::Ambiguous);
        !self.expired && (under_way || is_taken(self.message.state))
    }
}

fn report(news: News, sid: &str, code: Option<u32>) -> Report<'_> {
    let code = code.filter(|_| matches!(news, News::Failed(_)));
    Report {
        news,
        sid,
        code: code.map(|code| code.to_string()).unwrap_or_default(),
    }
}

/// The message a path names, locked, if the account sent it that way.
async fn of_account(
    tx: &mut Tx,
    id: MessageId,
    known: Known,
    channel: Channel,
) -> Result<Option<InTransit>, Error> {
    let found = tx.in_transit(id).await?;
    Ok(found.filter(|found| {
        found.message.account == Some(known.account) && found.message.channel == channel
    }))
}
