//! A message as mail: what is written on the envelope, and what is in it.

use super::super::Outgoing;
use super::return_path;
use crate::domain::{ReturnPath, SmtpSettings, ascii_domain};
use bitewing_rpc::field::printable;
use bitewing_runtime::base::Pepper;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::SystemTime;
use time::OffsetDateTime;

/// Mail that is ready to go. Every attempt writes the same bytes: receivers can tell a repeated one.
pub(super) struct Mail {
    /// Where it is returned to.
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) bytes: Vec<u8>,
    /// An address is not ASCII: every server on the way must know SMTPUTF8 (RFC 6531).
    pub(super) international: bool,
}

/// An address that cannot be written on an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAddressable;

impl Mail {
    pub(super) fn write(
        pepper: &Pepper,
        now: OffsetDateTime,
        settings: &SmtpSettings,
        outgoing: &Outgoing,
    ) -> Result<Self, NotAddressable> {
        let from = address(&outgoing.sender)?;
        let recipient = address(outgoing.recipient.expose())?;
        let sender = match &settings.return_path {
            ReturnPath::Sender => from.clone(),
            ReturnPath::Address(own) => address(own)?,
            ReturnPath::Domain(domain) => {
                let token = return_path::token(pepper, &outgoing.scope, outgoing.id);
                Address::new(token, domain).map_err(|_| NotAddressable)?
            }
        };
        let bytes = message(now, settings, outgoing, &from, &recipient)?;
        let international = [&from, &sender, &recipient]
            .iter()
            .any(|address| !AsRef::<str>::as_ref(*address).is_ascii())
            || !bytes.is_ascii();
        Ok(Self {
            sender,
            recipient,
            bytes,
            international,
        })
    }
}

/// An address with its domain in ASCII (RFC 5890): the part every server understands.
fn address(text: &str) -> Result<Address, NotAddressable> {
    let (local, domain) = text.rsplit_once('@').ok_or(NotAddressable)?;
    let domain = ascii_domain(domain).ok_or(NotAddressable)?;
    Address::new(local, domain).map_err(|_| NotAddressable)
}

fn message(
    now: OffsetDateTime,
    settings: &SmtpSettings,
    outgoing: &Outgoing,
    from: &Address,
    recipient: &Address,
) -> Result<Vec<u8>, NotAddressable> {
    let name = if settings.from_name.is_empty() {
        line(&outgoing.sender_name)
    } else {
        line(&settings.from_name)
    };
    let name = (!name.is_empty()).then_some(name);
    let id = outgoing.id.to_string();
    let mut builder = Message::builder()
        .date(SystemTime::from(now))
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, recipient.clone()))
        .subject(line(&outgoing.content.subject));
    if !settings.reply_to.is_empty() {
        builder = builder.reply_to(Mailbox::new(None, address(&settings.reply_to)?));
    }
    let automatic = [
        // RFC 3834 5: other machines do not answer.
        ("Auto-Submitted", "auto-generated"),
        // Exchange asks for its own word.
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ];
    for (header, value) in automatic {
        let header = HeaderName::new_from_ascii(header.to_owned()).map_err(|_| NotAddressable)?;
        builder = builder.raw_header(HeaderValue::new(header, value.to_owned()));
    }
    let content = &outgoing.content;
    let plain = SinglePart::plain(body(content.text.expose()));
    let written = if content.html.expose().is_empty() {
        builder.singlepart(plain)
    } else {
        let html = SinglePart::html(body(content.html.expose()));
        let parts = MultiPart::alternative().boundary(format!("part-{id}"));
        builder.multipart(parts.singlepart(plain).singlepart(html))
    };
    Ok(written.map_err(|_| NotAddressable)?.formatted())
}

/// One line, whatever it was made from: nothing in it can begin another header.
fn line(text: &str) -> String {
    let spaced = text.chars().map(|c| if printable(c) { c } else { ' ' });
    spaced.collect::<String>().trim().to_owned()
}

/// Lines, and nothing a server could take for their ends or for the end of the mail: a carriage return
/// by itself is read differently by different servers.
fn body(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => '\n',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests;
