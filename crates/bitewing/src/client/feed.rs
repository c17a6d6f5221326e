//! The public feed of events (`EventService`): where it stands now, and what comes.

use super::api::{Api, lost, pause, repeated};
use super::failure::{Failure, Problem};
use reqwest::Response;
use serde_json::Value;
use std::time::Duration;

/// An event is small.
const LONGEST_LINE: usize = 1 << 20;
/// A stream ends after 15 minutes by itself.
const LONGEST_STREAM: Duration = Duration::from_mins(16);
const PAUSE: Duration = Duration::from_millis(250);
/// Rounds of tries until the gateway counts as gone, each of a quarter of a minute.
const ROUNDS: u32 = 20;

/// The end of the feed: what happens from now on is behind it.
pub(super) async fn end(api: &Api) -> Result<String, Failure> {
    let page = api.get("/v1/events?fromNow=true").await?;
    let cursor = page["nextCursor"]
        .as_str()
        .filter(|cursor| !cursor.is_empty());
    let cursor = cursor.ok_or_else(|| Failure::Other("the feed has no end".to_owned()))?;
    Ok(cursor.to_owned())
}

/// The events behind a place, as they happen.
pub(super) struct Feed<'a> {
    api: &'a Api,
    cursor: String,
    lines: Option<Lines>,
}

impl<'a> Feed<'a> {
    pub(super) const fn behind(api: &'a Api, cursor: String) -> Self {
        Self {
            api,
            cursor,
            lines: None,
        }
    }

    /// The next event, across streams that end and connections that break.
    pub(super) async fn next(&mut self) -> Result<Value, Failure> {
        loop {
            if self.lines.is_none() {
                self.lines = Some(self.open().await?);
            }
            let line = match &mut self.lines {
                Some(lines) => lines.next().await,
                None => continue,
            };
            let mut line = match line {
                Ok(Some(line)) => line,
                Ok(None) | Err(Failure::Unreachable(_)) => {
                    self.lines = None;
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if let Some(problem) = line.get("error") {
                let status = problem["status"].as_u64().unwrap_or_default();
                let problem = Problem::of(u16::try_from(status).unwrap_or_default(), problem);
                let failure = Failure::Refused(Box::new(problem));
                let Some(wait) = pause(&failure, 1) else {
                    return Err(failure);
                };
                self.lines = None;
                tokio::time::sleep(wait).await;
                continue;
            }
            let event = line["result"]["event"].take();
            if let Some(cursor) = event["cursor"].as_str() {
                cursor.clone_into(&mut self.cursor);
                return Ok(event);
            }
        }
    }

    async fn open(&self) -> Result<Lines, Failure> {
        let path = format!("/v1/events:watch?afterCursor={}", self.cursor);
        let mut round = 1;
        loop {
            let opened = repeated(async || {
                let get = async |http: &reqwest::Client| {
                    Ok(http.get(self.api.at(&path)).timeout(LONGEST_STREAM))
                };
                self.api.once(get).await
            });
            match opened.await {
                Ok(response) => return Ok(Lines::of(response)),
                // Somebody who watches would rather wait than look again.
                Err(Failure::Unreachable(_)) if round < ROUNDS => round += 1,
                Err(failure) => return Err(failure),
            }
        }
    }
}

/// The lines of an answer, each a JSON value.
struct Lines {
    response: Response,
    buffer: Vec<u8>,
}

impl Lines {
    const fn of(response: Response) -> Self {
        Self {
            response,
            buffer: Vec::new(),
        }
    }

    async fn next(&mut self) -> Result<Option<Value>, Failure> {
        loop {
            if let Some(line) = cut(&mut self.buffer)? {
                return Ok(Some(line));
            }
            let Some(chunk) = self.response.chunk().await.map_err(|error| lost(&error))? else {
                return Ok(None);
            };
            self.buffer.extend_from_slice(&chunk);
        }
    }
}

/// Takes the first whole line off a buffer.
fn cut(buffer: &mut Vec<u8>) -> Result<Option<Value>, Failure> {
    let Some(end) = buffer.iter().position(|byte| *byte == b'\n') else {
        if buffer.len() > LONGEST_LINE {
            return Err(Failure::Other("an event is too long".to_owned()));
        }
        return Ok(None);
    };
    let line: Vec<u8> = buffer.drain(..=end).collect();
    let value = serde_json::from_slice(&line);
    value
        .map(Some)
        .map_err(|_| Failure::Other("an event is no JSON".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_cut_wherever_the_network_cut_them() {
        let mut buffer = b"{\"a\":1}\n{\"a\"".to_vec();
        assert_eq!(cut(&mut buffer).unwrap(), Some(json!({ "a": 1 })));
        assert_eq!(cut(&mut buffer).unwrap(), None);
        buffer.extend_from_slice(b":2}\n");
        assert_eq!(cut(&mut buffer).unwrap(), Some(json!({ "a": 2 })));
        assert!(buffer.is_empty());
        assert!(cut(&mut b"nonsense\n".to_vec()).is_err());
        assert!(cut(&mut vec![b'x'; LONGEST_LINE + 1]).is_err());
    }
}
