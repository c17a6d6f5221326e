//! The page at `/docs`: it reads `/openapi.json` and needs nothing from anywhere else.

/// What the page may do: nothing but load its own files.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// One file of the page.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// The path it is served at.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub body: &'static str,
}

/// The files of the page.
pub const ASSETS: [Asset; 3] = [
    Asset {
        path: "/docs",
        media_type: "text/html; charset=utf-8",
        body: include_str!("docs.html"),
    },
    Asset {
        path: "/docs/docs.js",
        media_type: "text/javascript; charset=utf-8",
        body: include_str!("docs.js"),
    },
    Asset {
        path: "/docs/docs.css",
        media_type: "text/css; charset=utf-8",
        body: include_str!("docs.css"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_for_nothing_its_policy_forbids() {
        let [html, script, style] = ASSETS.map(|asset| asset.body);
        for body in [html, script, style] {
            assert!(!body.contains("http://") && !body.contains("https://"));
        }
        assert!(
            !html.contains("style=") && !html.contains(" on"),
            "no inline code or style"
        );
        assert!(
            !script.contains("innerHTML") && !script.contains("eval("),
            "text stays text"
        );
        assert!(!style.contains("url(") && !style.contains("@import"));
    }

    #[test]
    fn the_page_names_its_own_files() {
        let [html, script, style] = ASSETS;
        assert!(html.body.contains(&format!("src=\"{}\"", script.path)));
        assert!(html.body.contains(&format!("href=\"{}\"", style.path)));
        assert!(script.body.contains("\"/openapi.json\""));
    }
}
