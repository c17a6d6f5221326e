//! Links of people nobody knows, made so that no program follows them and a person can still read them (R97).

use std::ops::Range;

use serde::Serialize;

use crate::structure::links::{hosts, is_within, looks_like};
use crate::verdict::Span;

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    /// To the clinic; such links are left alone.
    Home,
    /// Somewhere else.
    Away,
    /// Somewhere that looks like the clinic and is not.
    LookAlike,
}

/// A link of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its host, in the text as it was given.
    pub span: Span,
    /// Where it leads.
    pub leads: Leads,
}

/// A text whose foreign links are dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defanged {
    /// The text to show: `https://a.example/x` is `https[://]a[.]example/x`.
    pub text: String,
    /// Every link, in the order of the text.
    pub links: Vec<Link>,
}

/// Kills every link that does not lead to one of the clinic's hosts. Doing it twice changes nothing more.
pub fn defang(text: &str, own_hosts: &[String]) -> Defanged {
    let own: Vec<String> = own_hosts.iter().map(|host| host.to_lowercase()).collect();
    let mut shown = String::with_capacity(text.len() + 16);
    let mut links = Vec::new();
    let mut done = 0;
    for (from, to) in hosts(text) {
        let leads = leads(&text[from..to], &own);
        links.push(Link {
            span: Span::of(text, from..to),
            leads,
        });
        if leads == Leads::Home {
            continue;
        }
        let Range { start, end } = scheme(text, done, from);
        shown.push_str(&text[done..start]);
        if start < end {
            shown.push_str("[://]");
        }
        shown.push_str(&text[end..from]);
        shown.push_str(&text[from..to].replace('.', "[.]"));
        done = to;
    }
    shown.push_str(&text[done..]);
    Defanged { text: shown, links }
}

fn leads(host: &str, own: &[String]) -> Leads {
    let host = host.to_lowercase();
    let host = host.trim_end_matches('.');
    if own.iter().any(|known| is_within(host, known)) {
        Leads::Home
    } else if own.iter().any(|known| looks_like(host, known)) {
        Leads::LookAlike
    } else {
        Leads::Away
    }
}

/// The `://` that stands in the same word before a host; nothing when there is none.
fn scheme(text: &str, done: usize, host: usize) -> Range<usize> {
    let word = text[done..host]
        .rfind(char::is_whitespace)
        .map_or(done, |place| done + place);
    text[word..host]
        .find("://")
        .map_or(host..host, |place| word + place..word + place + 3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn own() -> Vec<String> {
        vec!["smile-clinic.pt".to_owned()]
    }

    #[test]
    fn foreign_links_are_dead_and_those_of_the_clinic_live() {
        let text =
            "See https://Evil.example.com/a?b or bit.ly/3x, not https://book.smile-clinic.pt/x.";
        let told = defang(text, &own());
        assert_eq!(
            told.text,
            "See https[://]Evil[.]example[.]com/a?b or bit[.]ly/3x, not https://book.smile-clinic.pt/x."
        );
        let leads: Vec<Leads> = told.links.iter().map(|link| link.leads).collect();
        assert_eq!(leads, [Leads::Away, Leads::Away, Leads::Home]);
        let span = told.links[0].span;
        assert_eq!(&text[span.start..span.end], "Evil.example.com");
    }

    #[test]
    fn a_host_that_pretends_is_named() {
        for text in [
            "http://smi1e-clinic.pt/code",
            "https://smile-clinic.pt@smille-clinic.pt/",
            "İ://smile-clinic.pt.evil.ru",
        ] {
            let told = defang(text, &own());
            assert_eq!(told.links.len(), 1, "{text}");
            assert_eq!(told.links[0].leads, Leads::LookAlike, "{text}");
            let left = told.text.replace("[://]", "");
            assert!(!left.contains("://"), "{left}");
        }
    }

    #[test]
    fn what_is_no_link_stays_as_it_is() {
        let text = "Ok.See you at 10.30, mail ana@clinic.com, e.g. Dr.It";
        let told = defang(text, &own());
        assert_eq!((told.text.as_str(), told.links.len()), (text, 0));
    }

    proptest! {
        #[test]
        fn a_dead_link_stays_dead(text in "([a-zİ.:/@ \\[\\]-]{0,12}(https?://|www\\.|)[a-z.@]{0,12}(\\.com|\\.ru)?[ /]?){0,4}") {
            let once = defang(&text, &own());
            let twice = defang(&once.text, &own());
            prop_assert_eq!(&once.text, &twice.text);
            prop_assert!(twice.links.iter().all(|link| link.leads == Leads::Home));
        }
    }
}
