//! What every command takes.

use super::failure::Failure;
use reqwest::Client;
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

/// How long the gateway may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a silent connection is asked whether it still is one.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Where the gateway is and how to print.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// Where the gateway is, as `https://bitewing.example`; where `login` was last, if not given.
    #[arg(long, env = "BITEWING_URL", value_name = "URL")]
    pub(super) url: Option<String>,
    /// Allows plain http to other machines: passwords and documents can be read on the way.
    #[arg(long, env = "BITEWING_INSECURE_HTTP")]
    pub(super) insecure_http: bool,
    /// Prints a JSON object per line on standard output, and failures so on standard error.
    #[arg(long)]
    pub(super) json: bool,
    /// Shows no progress bar.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Of a command that has none.
pub(super) static SILENT: Options = Options {
    url: None,
    insecure_http: false,
    json: false,
    quiet: true,
};

/// An address of a gateway that secrets may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base(Url);

impl Base {
    /// Reads one; plain http is for this machine, or for who insists.
    pub(super) fn read(text: &str, insecure_http: bool) -> Result<Self, Failure> {
        let no = |problem: &str| Failure::Usage(format!("the URL of the gateway {problem}"));
        let url = Url::parse(text).map_err(|error| no(&format!("cannot be read: {error}")))?;
        let host = url.host().ok_or_else(|| no("names no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(no("must not hold a user or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
            return Err(no("must end with the host or the port"));
        }
        match url.scheme() {
            "https" => {}
            "http" if insecure_http || is_this_machine(&host) => {}
            "http" => {
                return Err(no(
                    "must begin with https: plain http is read by everybody on the way (--insecure-http allows it)",
                ));
            }
            _ => return Err(no("must begin with https")),
        }
        Ok(Self(url))
    }

    /// The address of a path of ours, which needs no escaping.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// Without the slash at its end.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// A client for this address. It follows no redirect, so that no secret goes anywhere else.
    pub(super) fn http(&self) -> Result<Client, Failure> {
        let mut client = Client::builder()
            .user_agent(concat!("bitewing/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .tcp_keepalive(KEEP_ALIVE)
            .redirect(reqwest::redirect::Policy::none());
        if self.0.host().is_some_and(|host| is_this_machine(&host)) {
            client = client.no_proxy();
        }
        client
            .build()
            .map_err(|error| Failure::Other(format!("no HTTP client: {error}")))
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine_unless_told_otherwise() {
        for here in [
            "http://127.0.0.1:7000",
            "http://localhost",
            "http://[::1]:1/",
        ] {
            assert!(Base::read(here, false).is_ok(), "{here}");
        }
        let there = "http://bitewing.example";
        assert!(Base::read(there, false).is_err());
        assert_eq!(Base::read(there, true).unwrap().as_str(), there);
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for wrong in [
            "",
            "bitewing.example",
            "ftp://bitewing.example",
            "https://a:b@c.example",
            "https://a.example/path",
            "https://a.example/?q=1",
            "file:///etc/passwd",
        ] {
            assert!(Base::read(wrong, true).is_err(), "{wrong}");
        }
        let base = Base::read("https://a.example:8443/", false).unwrap();
        assert_eq!(base.at("/v1/links"), "https://a.example:8443/v1/links");
    }
}
