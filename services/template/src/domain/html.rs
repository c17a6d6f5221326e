//! The HTML form of an e-mail: the same words, every one of them escaped.
//!
//! One column in the reader's own font and size, a link that is a link, the language for screen
//! readers, colours left to the mail program and its dark mode. Nothing is loaded from anywhere.

use super::Marker;
use std::fmt::{Display, Write as _};

/// Sets a text as a page; the marker, if there is one, becomes a link to itself.
pub(super) fn page(
    subject: &str,
    text: &str,
    marker: Option<&Marker>,
    language: impl Display,
) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n</head>\n\
         <body style=\"margin:0 auto;max-width:36em;padding:1.5em;font-family:sans-serif;line-height:1.5\">\n",
        escape(subject)
    );
    let link = marker.map(|marker| (marker, format!("<a href=\"{0}\">{0}</a>", marker.as_str())));
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let mut paragraph = escape(paragraph);
        if let Some((marker, link)) = &link {
            paragraph = paragraph.replace(marker.as_str(), link);
        }
        let paragraph = paragraph.replace('\n', "<br>\n");
        writeln!(page, "<p>{paragraph}</p>").expect("a string takes every text");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::Language;

    #[test]
    fn escapes_every_word_and_links_the_marker() {
        let marker = Marker::parse("MARKER-1").unwrap();
        let page = page(
            "<b>",
            "\"A\" & 'B' <i>\nopen MARKER-1\n\nend",
            Some(&marker),
            Language::Fr,
        );
        assert!(page.contains("<html lang=\"fr\">") && page.contains("<title>&lt;b&gt;</title>"));
        assert!(page.contains(
            "<p>&quot;A&quot; &amp; &#39;B&#39; &lt;i&gt;<br>\n\
             open <a href=\"MARKER-1\">MARKER-1</a></p>\n<p>end</p>"
        ));
    }
}
