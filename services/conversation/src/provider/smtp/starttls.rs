//! What is said in clear before the connection is encrypted (RFC 3207).

use super::verdict::{Ending, Failure, Reply, Step};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Bytes of one reply; RFC 5321 has 512 for a line.
const MAX_REPLY: usize = 8 * 1024;

/// Brings a fresh connection to where its encryption begins.
///
/// Nothing that was heard in clear is believed later. Somebody on the way could add lines behind the
/// last reply, to be read as if they had come encrypted: then there is no encryption.
pub(super) async fn ask<S>(stream: &mut S, name: &str) -> Result<(), Ending>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let broken = |step| move |failure| Ending { step, failure };
    reply(stream).await.map_err(broken(Step::Hello))?;
    say(stream, &format!("EHLO {name}\r\n"))
        .await
        .map_err(broken(Step::Hello))?;
    let offers = reply(stream).await.map_err(broken(Step::Hello))?;
    let offered = offers.lines().any(|line| {
        line.get(4..)
            .is_some_and(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS"))
    });
    if !offered {
        return Err(broken(Step::Encrypt)(Failure::Unable));
    }
    say(stream, "STARTTLS\r\n")
        .await
        .map_err(broken(Step::Encrypt))?;
    reply(stream).await.map_err(broken(Step::Encrypt))?;
    Ok(())
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, line: &str) -> Result<(), Failure> {
    let said = async {
        stream.write_all(line.as_bytes()).await?;
        stream.flush().await
    };
    said.await.map_err(|_| Failure::Broken)
}

/// One positive reply and not a byte more.
async fn reply<S: AsyncRead + Unpin>(stream: &mut S) -> Result<String, Failure> {
    let mut heard = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let read = stream
            .read(&mut buffer)
            .await
            .map_err(|_| Failure::Broken)?;
        heard.extend_from_slice(&buffer[..read]);
        if read == 0 || heard.len() > MAX_REPLY {
            return Err(Failure::Broken);
        }
        if let Some(end) = end_of_reply(&heard)? {
            if end != heard.len() {
                return Err(Failure::Broken);
            }
            break;
        }
    }
    let text = String::from_utf8(heard).map_err(|_| Failure::Broken)?;
    let code = text[..3].parse().map_err(|_| Failure::Broken)?;
    match code {
        200..400 => Ok(text),
        400..600 => {
            let words = text[3..].trim_start_matches(['-', ' ']);
            Err(Failure::Reply(Reply::read(code, words)))
        }
        _ => Err(Failure::Broken),
    }
}

/// Where the last line of a reply ends, once it is there.
fn end_of_reply(heard: &[u8]) -> Result<Option<usize>, Failure> {
    let mut start = 0;
    while let Some(length) = heard[start..].windows(2).position(|two| two == b"\r\n") {
        let line = &heard[start..start + length];
        if line.len() < 3 || !line[..3].iter().all(u8::is_ascii_digit) {
            return Err(Failure::Broken);
        }
        start += length + 2;
        match line.get(3) {
            None | Some(b' ') => return Ok(Some(start)),
            Some(b'-') => {}
            Some(_) => return Err(Failure::Broken),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    /// Plays a server that says these things, one after each line of ours.
    async fn against(replies: &'static [&'static str]) -> Result<(), Ending> {
        let (mut ours, mut theirs) = duplex(64 * 1024);
        let server = tokio::spawn(async move {
            let mut heard = [0; 512];
            for (index, reply) in replies.iter().enumerate() {
                if index > 0 && theirs.read(&mut heard).await.unwrap() == 0 {
                    return;
                }
                theirs.write_all(reply.as_bytes()).await.unwrap();
            }
        });
        let ended = ask(&mut ours, "clinic.example").await;
        drop(ours);
        server.await.unwrap();
        ended
    }

    const HELLO: &str = "220 mail.example\r\n";
    const OFFERS: &str = "250-mail.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";

    #[tokio::test]
    async fn a_server_that_offers_it_is_asked() {
        assert_eq!(against(&[HELLO, OFFERS, "220 go ahead\r\n"]).await, Ok(()));
    }

    #[tokio::test]
    async fn a_server_that_does_not_offer_it_gets_nothing() {
        let ended = against(&[HELLO, "250-mail.example\r\n250 XSTARTTLS\r\n"]).await;
        let expected = Ending {
            step: Step::Encrypt,
            failure: Failure::Unable,
        };
        assert_eq!(ended, Err(expected));
    }

    #[tokio::test]
    async fn lines_added_in_clear_are_not_taken_for_encrypted_ones() {
        let ended = against(&[HELLO, OFFERS, "220 go ahead\r\n250 AUTH PLAIN\r\n"]).await;
        let expected = Ending {
            step: Step::Encrypt,
            failure: Failure::Broken,
        };
        assert_eq!(ended, Err(expected));
    }

    #[tokio::test]
    async fn negative_replies_keep_their_codes() {
        for (replies, step, code) in [
            (&["421 4.3.2 not now\r\n"] as &[_], Step::Hello, 421),
            (&[HELLO, "550 5.7.1 not you\r\n"], Step::Hello, 550),
            (&[HELLO, OFFERS, "454 4.7.0 later\r\n"], Step::Encrypt, 454),
        ] {
            let ended = against(replies).await.unwrap_err();
            let Failure::Reply(reply) = ended.failure else {
                panic!("not a reply: {ended:?}");
            };
            assert_eq!((ended.step, reply.code), (step, code));
            assert!(reply.enhanced.is_some());
        }
    }

    #[tokio::test]
    async fn what_is_no_smtp_breaks_the_conversation() {
        for reply in [
            "HTTP/1.1 400 Bad Request\r\n",
            "2é0 x\r\n",
            "22\r\n",
            "220x\r\n",
        ] {
            let reply: &'static [&'static str] = Box::leak(Box::new([reply]));
            let ended = against(reply).await.unwrap_err();
            assert_eq!(ended.failure, Failure::Broken, "{reply:?}");
        }
    }
}
