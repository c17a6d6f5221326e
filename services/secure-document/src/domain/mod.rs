//! Types that cannot be wrong and rules that touch nothing outside.

pub mod file_name;
pub mod framing;
pub mod media_type;
pub mod range;
