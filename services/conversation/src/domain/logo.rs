//! A clinic's logo.
//!
//! The bytes are walked from the first to the last: what is not one whole picture that stands still, or
//! has anything behind its end, is none. They are never decoded here.

/// The most bytes: with its text around it a logo fits an event (16 KiB), and a patient's phone fetches
/// it over a slow network.
const MAX_BYTES: usize = 10 * 1024;
/// Pixels a side.
const SIDE: std::ops::RangeInclusive<u32> = 16..=512;

/// A picture that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logo {
    pub(crate) media_type: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) image: Vec<u8>,
}

/// Why the bytes are no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotALogo {
    #[error("must be at most 10,240 bytes")]
    TooLong,
    #[error("must be a whole PNG, JPEG or WebP that does not move")]
    NoPicture,
    #[error("must be 16 to 512 pixels wide and high")]
    WrongSize,
}

impl Logo {
    /// Reads a picture.
    pub(crate) fn parse(image: Vec<u8>) -> Result<Self, NotALogo> {
        if image.len() > MAX_BYTES {
            return Err(NotALogo::TooLong);
        }
        let read = [
            ("image/png", png(&image)),
            ("image/jpeg", jpeg(&image)),
            ("image/webp", webp(&image)),
        ];
        let (media_type, (width, height)) = read
            .into_iter()
            .find_map(|(media_type, size)| Some((media_type, size?)))
            .ok_or(NotALogo::NoPicture)?;
        if !SIDE.contains(&width) || !SIDE.contains(&height) {
            return Err(NotALogo::WrongSize);
        }
        Ok(Self {
            media_type,
            width,
            height,
            image,
        })
    }

    /// The media type of a kept logo, if it is one of those.
    pub(crate) fn media_type(text: &str) -> Option<&'static str> {
        ["image/png", "image/jpeg", "image/webp"]
            .into_iter()
            .find(|known| *known == text)
    }
}

type Size = Option<(u32, u32)>;

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// W3C PNG 5: a signature, then chunks from `IHDR` to `IEND`.
fn png(bytes: &[u8]) -> Size {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut size = None;
    loop {
        let (length, behind) = rest.split_at_checked(4)?;
        let (kind, behind) = behind.split_at_checked(4)?;
        let (data, behind) = behind.split_at_checked(number(length) as usize)?;
        let (_checksum, behind) = behind.split_at_checked(4)?;
        match (kind, size) {
            (b"IHDR", None) if data.len() == 13 => {
                size = Some((number(&data[..4]), number(&data[4..8])));
            }
            // The first chunk is IHDR and no other is; acTL makes it move.
            (b"IHDR" | b"acTL", _) | (_, None) => return None,
            (b"IEND", Some(_)) => return size.filter(|_| behind.is_empty()),
            _ => (),
        }
        rest = behind;
    }
}

/// ITU T.81 annex B: segments behind markers up to the scan, and the end of the image at the end.
fn jpeg(bytes: &[u8]) -> Size {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?.strip_suffix(b"\xff\xd9")?;
    let mut size = None;
    loop {
        let (marker, behind) = rest.split_at_checked(2)?;
        let length = number(behind.get(..2)?) as usize;
        let (segment, behind) = behind.split_at_checked(length)?;
        let data = segment.get(2..)?;
        match marker {
            // Frames: baseline, extended, progressive.
            [0xff, 0xc0..=0xc2] => {
                size = Some((number(data.get(3..5)?), number(data.get(1..3)?)));
            }
            // The scan. An end before the end would leave something behind the picture.
            [0xff, 0xda] => {
                let ends = behind.windows(2).any(|pair| pair == [0xff, 0xd9]);
                return size.filter(|_| !ends);
            }
            [0xff, 0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe] => (),
            _ => return None,
        }
        rest = behind;
    }
}

/// RFC 9649 2: a RIFF of the whole length, and one of three headers.
fn webp(bytes: &[u8]) -> Size {
    let little = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |n, byte| n << 8 | u32::from(*byte))
    };
    let body = bytes.strip_prefix(b"RIFF")?;
    let (length, body) = body.split_at_checked(4)?;
    if little(length) as usize != body.len() {
        return None;
    }
    let body = body.strip_prefix(b"WEBP")?;
    let (kind, body) = body.split_at_checked(4)?;
    let data = body.get(4..)?;
    match kind {
        b"VP8 " if data.get(3..6)? == b"\x9d\x01\x2a" => Some((
            little(data.get(6..8)?) & 0x3fff,
            little(data.get(8..10)?) & 0x3fff,
        )),
        b"VP8L" if data.first() == Some(&0x2f) => {
            let bits = little(data.get(1..5)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        // The second flag says that it moves.
        b"VP8X" if data.first()? & 0b10 == 0 => {
            Some((little(data.get(4..7)?) + 1, little(data.get(7..10)?) + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let length = (data.len() as u32).to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    }

    fn png_of(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
        let header = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[8, 6, 0, 0, 0],
        ]
        .concat();
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &header),
            extra.to_vec(),
            chunk(b"IDAT", b"pixels"),
            chunk(b"IEND", b""),
        ]
        .concat()
    }

    fn jpeg_of(width: u16, height: u16, scan: &[u8]) -> Vec<u8> {
        let frame = [
            &[8][..],
            &height.to_be_bytes(),
            &width.to_be_bytes(),
            &[1, 1, 17, 0],
        ]
        .concat();
        let segment = |marker: u8, data: &[u8]| {
            let length = (data.len() as u16 + 2).to_be_bytes();
            [&[0xff, marker][..], &length, data].concat()
        };
        [
            b"\xff\xd8".to_vec(),
            segment(0xe0, b"JFIF\0"),
            segment(0xc0, &frame),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            scan.to_vec(),
            b"\xff\xd9".to_vec(),
        ]
        .concat()
    }

    fn webp_of(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let body = [&b"WEBP"[..], kind, &(data.len() as u32).to_le_bytes(), data].concat();
        [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    fn read(bytes: Vec<u8>) -> Result<(&'static str, u32, u32), NotALogo> {
        Logo::parse(bytes).map(|logo| (logo.media_type, logo.width, logo.height))
    }

    #[test]
    fn three_kinds_of_pictures_are_read_with_their_size() {
        assert_eq!(read(png_of(200, 100, b"")), Ok(("image/png", 200, 100)));
        assert_eq!(read(jpeg_of(64, 32, b"scan")), Ok(("image/jpeg", 64, 32)));
        let lossy = [&[0, 0, 0, 0x9d, 1, 0x2a][..], &[64, 0, 32, 0]].concat();
        assert_eq!(read(webp_of(b"VP8 ", &lossy)), Ok(("image/webp", 64, 32)));
        let bits = 63_u32 | 31 << 14;
        let lossless = [&[0x2f][..], &bits.to_le_bytes()].concat();
        assert_eq!(
            read(webp_of(b"VP8L", &lossless)),
            Ok(("image/webp", 64, 32))
        );
        let extended = [&[0x10, 0, 0, 0][..], &[63, 0, 0], &[31, 0, 0]].concat();
        assert_eq!(
            read(webp_of(b"VP8X", &extended)),
            Ok(("image/webp", 64, 32))
        );
    }

    #[test]
    fn what_moves_is_cut_or_has_more_behind_it_is_no_logo() {
        let moving = [&[0b10, 0, 0, 0][..], &[63, 0, 0], &[31, 0, 0]].concat();
        let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 1].to_vec();
        let more = |bytes: Vec<u8>| [bytes, b"<script>".to_vec()].concat();
        for bytes in [
            png_of(64, 64, &chunk(b"acTL", &[0; 8])),
            webp_of(b"VP8X", &moving),
            cut(png_of(64, 64, b"")),
            more(png_of(64, 64, b"")),
            cut(jpeg_of(64, 64, b"scan")),
            jpeg_of(64, 64, b"scan\xff\xd9<script>"),
            more(webp_of(b"VP8L", &[0x2f, 63, 0, 16, 0])),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"GIF89a".to_vec(),
        ] {
            assert_eq!(read(bytes), Err(NotALogo::NoPicture));
        }
    }

    #[test]
    fn sides_and_bytes_are_limited() {
        assert_eq!(read(png_of(15, 64, b"")), Err(NotALogo::WrongSize));
        assert_eq!(read(png_of(64, 513, b"")), Err(NotALogo::WrongSize));
        assert_eq!(read(png_of(512, 16, b"")), Ok(("image/png", 512, 16)));
        let long = chunk(b"tEXt", &[b' '; MAX_BYTES]);
        assert_eq!(read(png_of(64, 64, &long)), Err(NotALogo::TooLong));
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(
            start in prop::sample::select(vec![
                &b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8", b"RIFF\x10\0\0\0WEBPVP8X", b"",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = Logo::parse([start, &rest].concat());
        }
    }
}
