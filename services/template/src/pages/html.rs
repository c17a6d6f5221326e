//! The parts pages are made of. Every text is escaped; there is no script.

use crate::domain::phrasebook::Locale;
use std::fmt::Write as _;

/// A text as HTML shows it.
pub(super) fn escape(text: &str) -> String {
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

/// A page: its title, the locale that is shown if there is one, and what is in it.
pub(super) fn page(title: &str, shown: Option<Locale>, body: &str) -> String {
    let mut links = String::new();
    for locale in Locale::ALL {
        let here = if shown == Some(locale) {
            " aria-current=\"page\""
        } else {
            ""
        };
        let (tag, name) = (locale.tag(), name(locale));
        writeln!(
            links,
            "<a href=\"/docs/templates/{tag}\" hreflang=\"{tag}\" lang=\"{tag}\"{here}>{name}</a>"
        )
        .expect("a string takes every text");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex, nofollow\">\n\
         <meta name=\"format-detection\" content=\"telephone=no\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"/docs/templates/assets/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/docs/templates/assets/base.css\">\n\
         <link rel=\"stylesheet\" href=\"/docs/templates/assets/templates.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the messages</a>\n\
         <header class=\"top\">\n<p class=\"clinic\"><a href=\"/docs/templates\">What clinics say</a></p>\n\
         <nav class=\"locales\" aria-label=\"Languages\">\n{links}</nav>\n</header>\n\
         <main id=\"main\">\n{body}</main>\n</body>\n</html>\n"
    )
}

/// A locale in its own language.
pub(super) const fn name(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "English",
        Locale::FrCa => "Français (Canada)",
        Locale::FrFr => "Français (France)",
        Locale::It => "Italiano",
        Locale::PtBr => "Português (Brasil)",
        Locale::PtPt => "Português (Portugal)",
        Locale::Es => "Español",
        Locale::Ru => "Русский",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        assert_eq!(escape("<a b='\"&"), "&lt;a b=&#39;&quot;&amp;");
    }
}
