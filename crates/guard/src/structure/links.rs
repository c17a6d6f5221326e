//! Links: the clinic's own hosts, foreign ones, and those that pretend (R97).

use super::Case;
use crate::policy::distance;
use crate::text::fold;

pub(super) fn apply(case: &mut Case<'_>) {
    let own: Vec<String> = case
        .context
        .own_hosts
        .iter()
        .map(|host| host.to_lowercase())
        .chain(case.policy.hosts().iter().cloned())
        .collect();
    for (from, to) in hosts(case.text) {
        let host = case.text[from..to].to_lowercase();
        let host = host.trim_end_matches('.');
        if own.iter().any(|known| is_within(host, known)) {
            continue;
        }
        if own.iter().any(|known| looks_like(host, known)) {
            case.found(
                "link.look_alike",
                Some(from..to),
                "guard.link.look_alike",
                own.first().cloned(),
            );
        } else {
            case.found("link.foreign", Some(from..to), "guard.link.foreign", None);
        }
    }
}

/// The host itself or one below it.
pub(crate) fn is_within(host: &str, known: &str) -> bool {
    host == known
        || host
            .strip_suffix(known)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// One or two letters changed, letters borrowed from elsewhere, or the known host used as a label of
/// somebody else's.
pub(crate) fn looks_like(host: &str, known: &str) -> bool {
    let plain = |text: &str| -> String {
        fold(text)
            .chars()
            .iter()
            .collect::<String>()
            .replace("rn", "m")
            .replace('0', "o")
            .replace('1', "l")
    };
    let (seen, meant) = (plain(host), plain(known));
    let name = meant.split('.').next().unwrap_or_default();
    seen == meant
        || host.split('.').any(|label| label.starts_with("xn--"))
        || meant.len() >= 8 && distance(&seen, &meant) <= 2
        || name.len() >= 5 && seen.contains(name)
}

/// The hosts of what is a link: after a scheme, after `www.`, or a bare name with a known ending.
pub(crate) fn hosts(text: &str) -> Vec<(usize, usize)> {
    const ENDINGS: [&str; 34] = [
        "com", "net", "org", "info", "biz", "io", "me", "ly", "co", "app", "link", "site",
        "online", "shop", "xyz", "top", "click", "club", "page", "fr", "it", "es", "pt", "br",
        "ru", "uk", "ca", "us", "eu", "ch", "be", "mx", "ar", "рф",
    ];
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split(char::is_whitespace) {
        let from = at;
        at += part.len()
            + text[at + part.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        // Places in the lower case have to be places in the text.
        let lower = Some(part.to_lowercase())
            .filter(|lower| lower.len() == part.len())
            .unwrap_or_else(|| part.to_ascii_lowercase());
        let scheme = lower.find("://").map(|place| place + 3);
        let begin =
            scheme.unwrap_or_else(|| part.find(char::is_alphanumeric).unwrap_or(part.len()));
        let rest = &lower[begin..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-' || c == '@'))
            .unwrap_or(rest.len());
        let mut begin = begin;
        let mut host = rest[..length].trim_end_matches(['.', '-']);
        if let Some(place) = host.rfind('@') {
            // An address of mail, unless a scheme makes it a disguise.
            if scheme.is_none() {
                continue;
            }
            begin += place + 1;
            host = &host[place + 1..];
        }
        let labels: Vec<&str> = host.split('.').collect();
        let bare = labels.len() >= 2
            && labels.iter().all(|label| !label.is_empty())
            && labels.last().is_some_and(|last| ENDINGS.contains(last))
            && labels[labels.len() - 2].chars().any(char::is_alphabetic)
            && labels[labels.len() - 2].chars().count() >= 2
            // «Ok.See you»: a sentence that lost its space.
            && !part
                .rsplit('.')
                .find(|label| !label.is_empty())
                .is_some_and(|last| last.starts_with(char::is_uppercase) && part.contains(char::is_lowercase));
        if !host.is_empty() && (scheme.is_some() || labels[0] == "www" && labels.len() > 2 || bare)
        {
            found.push((from + begin, from + begin + host.len()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        hosts(text)
            .iter()
            .map(|(from, to)| &text[*from..*to])
            .collect()
    }

    #[test]
    fn links_are_found_and_sentences_are_not() {
        assert_eq!(
            of("see https://a.example.org/x?y, or (www.b.de)"),
            ["a.example.org", "www.b.de"]
        );
        assert_eq!(of("pay at bit.ly/3x."), ["bit.ly"]);
        assert_eq!(of("https://clinic.com@evil.ru/"), ["evil.ru"]);
        assert_eq!(
            of("Ok.See you at 10.30. Mail ana@clinic.com e.g. Dr.It"),
            [""; 0]
        );
    }

    #[test]
    fn a_host_that_pretends_is_told_from_a_foreign_one() {
        assert!(is_within("book.smile.pt", "smile.pt"));
        assert!(!is_within("notsmile.pt", "smile.pt"));
        for host in [
            "smi1e-clinic.pt",
            "smile-clinic.pt.evil.ru",
            "smilе-clinic.pt",
            "smille-clinic.pt",
        ] {
            assert!(looks_like(host, "smile-clinic.pt"), "{host}");
        }
        assert!(!looks_like("maps.example.org", "smile-clinic.pt"));
    }
}
