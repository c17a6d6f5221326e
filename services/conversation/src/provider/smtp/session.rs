//! One conversation with a mail server.

use super::letter::Mail;
use super::line::Line;
use super::starttls;
use super::verdict::{Ending, Failure, Step};
use crate::domain::{SmtpSecurity, SmtpSettings};
use bitewing_core::Sensitive;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long a server may take to hear that we go.
const FAREWELL: Duration = Duration::from_secs(1);

/// Stands for the greeting that was heard before the connection was encrypted.
const GREETED: &[u8] = b"220 encrypted\r\n";

/// A mail server, and everything needed to talk to it.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) settings: SmtpSettings,
    pub(super) password: Option<Sensitive<String>>,
    /// How we introduce ourselves: the domain the mail is from.
    pub(super) name: String,
    pub(super) tls: Arc<ClientConfig>,
    /// How long a step may take.
    pub(super) patience: Duration,
}

/// A server that let us in.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    patience: Duration,
}

impl Server {
    /// Connects, encrypts as the settings say, and authenticates.
    pub(super) async fn dial(&self) -> Result<Session, Ending> {
        let (host, port) = (self.settings.host.as_str(), self.settings.port);
        let dialled = async {
            let stream = TcpStream::connect((host, port)).await?;
            let peer = stream.peer_addr()?;
            stream.set_nodelay(true)?;
            Ok((stream, peer))
        };
        let (stream, peer): (TcpStream, SocketAddr) = self
            .within(Step::Connect, async {
                dialled
                    .await
                    .map_err(|_: std::io::Error| ended(Step::Connect, Failure::Broken))
            })
            .await?;
        let stream = self.secure(stream, peer).await?;
        let name = ClientId::Domain(self.name.clone());
        let hello = AsyncSmtpConnection::connect_with_transport(stream, &name);
        let connection = self.within(Step::Hello, heard(Step::Hello, hello)).await?;
        let mut session = Session {
            connection,
            patience: self.patience,
        };
        if let Some(password) = &self.password {
            let entered = session.enter(&self.settings.username, password);
            self.within(Step::Authenticate, entered).await?;
        }
        Ok(session)
    }

    async fn secure(
        &self,
        mut stream: TcpStream,
        peer: SocketAddr,
    ) -> Result<Box<dyn AsyncTokioStream>, Ending> {
        match self.settings.security {
            SmtpSecurity::None => Ok(Box::new(Line::new(b"", stream, peer))),
            SmtpSecurity::ImplicitTls => {
                let stream = self.encrypt(stream).await?;
                Ok(Box::new(Line::new(b"", stream, peer)))
            }
            SmtpSecurity::Starttls => {
                self.within(Step::Hello, starttls::ask(&mut stream, &self.name))
                    .await?;
                let stream = self.encrypt(stream).await?;
                Ok(Box::new(Line::new(GREETED, stream, peer)))
            }
        }
    }

    async fn encrypt(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, Ending> {
        let host = ServerName::try_from(self.settings.host.as_str().to_owned())
            .map_err(|_| ended(Step::Encrypt, Failure::Unable))?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let handshake = async {
            connector
                .connect(host, stream)
                .await
                .map_err(|_| ended(Step::Encrypt, Failure::Broken))
        };
        self.within(Step::Encrypt, handshake).await
    }

    async fn within<T>(
        &self,
        step: Step,
        doing: impl Future<Output = Result<T, Ending>>,
    ) -> Result<T, Ending> {
        timeout(self.patience, doing)
            .await
            .unwrap_or(Err(ended(step, Failure::Late)))
    }
}

impl Session {
    async fn enter(&mut self, user: &str, password: &Sensitive<String>) -> Result<(), Ending> {
        let step = Step::Authenticate;
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if self
            .connection
            .server_info()
            .get_auth_mechanism(&mechanisms)
            .is_none()
        {
            return Err(ended(step, Failure::Unable));
        }
        let credentials = Credentials::new(user.to_owned(), password.expose().clone());
        heard(step, self.connection.auth(&mechanisms, &credentials)).await?;
        Ok(())
    }

    /// Gives a mail to the server, which has it when this is `Ok`.
    pub(super) async fn deliver(&mut self, mail: &Mail, until: Instant) -> Result<(), Ending> {
        let mut options = Vec::new();
        if mail.international {
            let server = self.connection.server_info();
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(ended(Step::Recipient, Failure::Unable));
            }
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
            options.push(MailParameter::SmtpUtfEight);
        }
        let sender = commands::Mail::new(Some(mail.sender.clone()), options);
        self.say(Step::Sender, sender, until).await?;
        let recipient = commands::Rcpt::new(mail.recipient.clone(), Vec::new());
        self.say(Step::Recipient, recipient, until).await?;
        self.say(Step::Data, commands::Data, until).await?;
        let message = heard(Step::Message, self.connection.message(&mail.bytes));
        timeout_at(until, message)
            .await
            .unwrap_or(Err(ended(Step::Message, Failure::Late)))?;
        Ok(())
    }

    async fn say(
        &mut self,
        step: Step,
        command: impl std::fmt::Display + Send,
        until: Instant,
    ) -> Result<(), Ending> {
        let until = until.min(Instant::now() + self.patience);
        timeout_at(until, heard(step, self.connection.command(command)))
            .await
            .unwrap_or(Err(ended(step, Failure::Late)))?;
        Ok(())
    }

    /// Whether the server still listens.
    pub(super) async fn is_alive(&mut self) -> bool {
        timeout(self.patience, self.connection.test_connected())
            .await
            .unwrap_or(false)
    }

    /// Takes leave, and does not insist.
    pub(super) async fn quit(mut self) {
        drop(timeout(FAREWELL, self.connection.quit()).await);
    }
}

/// Waits for a reply and says at which step it was no good one.
async fn heard<T>(step: Step, reply: impl Future<Output = Result<T, Error>>) -> Result<T, Ending> {
    reply
        .await
        .map_err(|error| ended(step, Failure::from(&error)))
}

const fn ended(step: Step, failure: Failure) -> Ending {
    Ending { step, failure }
}
