//! The patients: each from a network address of its own, with the code that was sent to it.

use super::AT_ONCE;
use super::conversation::Conversation;
use crate::size::Size;
use crate::suite::{Introducer, Suite};
use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_proto::document as pb;
use bitewing_proto::document::recipient_service_client::RecipientServiceClient;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::net::Ipv4Addr;
use std::time::Instant;
use tonic::Request;
use tonic::transport::Channel;

/// Codes live for five minutes: so many are asked for and used before the next.
const BATCH: usize = 3_072;

/// Links a second: over all batches, in the first and in the last.
pub(super) struct Unlocked {
    pub(super) rate: f64,
    pub(super) first: f64,
    pub(super) last: f64,
}

struct Holder {
    patient: String,
    token: String,
    address: Ipv4Addr,
}

struct Waiting {
    holder: Holder,
    challenge: String,
    code: String,
}

pub(super) async fn run(
    suite: &Suite,
    conversation: &Conversation,
    size: Size,
) -> anyhow::Result<Unlocked> {
    let address = suite.address(Service::SecureDocument);
    let channel = Channel::from_shared(format!("http://{address}"))?
        .tcp_nodelay(true)
        .connect()
        .await?;
    let client = Client {
        service: RecipientServiceClient::new(channel),
        introducer: suite.introducer()?,
    };
    let tokens = conversation.wait_for_tokens(0).await?;
    let mut holders: Vec<Holder> = tokens
        .into_iter()
        .zip(0x0a00_0000_u32..)
        .map(|((patient, token), address)| Holder {
            patient,
            token,
            address: address.into(),
        })
        .collect();
    let (mut rates, mut count, mut seconds) = (Vec::new(), 0, 0.0);
    while !holders.is_empty() {
        let batch = holders.split_off(holders.len().saturating_sub(size.of(BATCH, 64)));
        let waiting = client.ask_for_codes(conversation, batch).await?;
        let (unlocked, begun) = (waiting.len(), Instant::now());
        client.unlock(waiting).await?;
        let took = begun.elapsed().as_secs_f64();
        rates.push(unlocked as f64 / took);
        count += unlocked;
        seconds += took;
    }
    Ok(Unlocked {
        rate: count as f64 / seconds,
        first: rates.first().copied().context("there is a batch")?,
        last: rates.last().copied().context("there is a batch")?,
    })
}

#[derive(Clone)]
struct Client {
    service: RecipientServiceClient<Channel>,
    introducer: Introducer,
}

impl Client {
    async fn ask_for_codes(
        &self,
        conversation: &Conversation,
        holders: Vec<Holder>,
    ) -> anyhow::Result<Vec<Waiting>> {
        let asked: Vec<(Holder, String)> = stream::iter(holders)
            .map(|holder| self.ask(holder))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let mut codes = conversation.take_codes(asked.len()).await?;
        asked
            .into_iter()
            .map(|(holder, challenge)| {
                let code = codes
                    .remove(&holder.patient)
                    .context("every holder has a code")?;
                Ok(Waiting {
                    holder,
                    challenge,
                    code,
                })
            })
            .collect()
    }

    async fn ask(&self, holder: Holder) -> anyhow::Result<(Holder, String)> {
        let request = self.from(
            &holder,
            pb::SendCodeRequest {
                token: holder.token.clone(),
                channel: pb::CodeChannel::Sms.into(),
            },
        )?;
        let sent = self.service.clone().send_code(request).await?.into_inner();
        Ok((holder, sent.challenge_token))
    }

    async fn unlock(&self, waiting: Vec<Waiting>) -> anyhow::Result<()> {
        stream::iter(waiting)
            .map(|waiting| self.open_and_verify(waiting))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn open_and_verify(&self, waiting: Waiting) -> anyhow::Result<()> {
        let holder = &waiting.holder;
        let open = pb::OpenLinkRequest {
            token: holder.token.clone(),
        };
        self.service
            .clone()
            .open_link(self.from(holder, open)?)
            .await?;
        let verify = pb::VerifyCodeRequest {
            token: holder.token.clone(),
            challenge_token: waiting.challenge,
            code: waiting.code,
        };
        self.service
            .clone()
            .verify_code(self.from(holder, verify)?)
            .await?;
        Ok(())
    }

    fn from<T>(&self, holder: &Holder, message: T) -> anyhow::Result<Request<T>> {
        let mut request = Request::new(message);
        self.introducer
            .introduce(&mut request, None, Service::SecureDocument)?;
        request
            .metadata_mut()
            .insert("x-forwarded-for", holder.address.to_string().parse()?);
        Ok(request)
    }
}
