//! Templates, locales and rendering.
