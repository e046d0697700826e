//! Pictures, decoded and encoded anew: turned as they are to be seen, and without anything that was
//! written beside the points (where, when and with what they were taken). Runs in the child.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView, ImageBuffer, ImageDecoder, ImageError, Limits, Pixel, PixelWithColorType, Rgb,
    RgbImage,
};

/// A refusal of the child: its code, and what was found.
pub type Refused = (&'static str, String);

/// The jobs' names in the worker.
pub const JPEG_JOB: &str = "jpeg";
pub const PNG_JOB: &str = "png";
/// Points a side.
pub const MOST_SIDE: u32 = 8_000;
/// What a picture's points may take, decoded: 44 million of three colours.
const MOST_BYTES: u64 = 128 << 20;
/// What it may take encoded anew.
const MOST_ENCODED: usize = 48 << 20;
const THUMB_SIDE: u32 = 320;

pub fn jpeg(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    check_jpeg_end(bytes)?;
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(refused)?;
    let (image, orientation) = decode(decoder)?;
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, 88);
    // Seen turned rather than turned: there is no room for it twice.
    match &image {
        DynamicImage::ImageLuma8(image) => encode_turned(encoder, image, orientation)?,
        DynamicImage::ImageRgb8(image) => encode_turned(encoder, image, orientation)?,
        other => encode_turned(encoder, &other.to_rgb8(), orientation)?,
    }
    answer(&thumb(&image, orientation)?, &out)
}

pub fn png(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    check_png_end(bytes)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(refused)?;
    let (mut image, orientation) = decode(decoder)?;
    let small = thumb(&image, orientation)?;
    image.apply_orientation(orientation);
    let image = match image {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(image.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(image.into_luma_alpha8()),
        DynamicImage::ImageRgb16(_) => DynamicImage::ImageRgb8(image.into_rgb8()),
        DynamicImage::ImageRgba16(_) => DynamicImage::ImageRgba8(image.into_rgba8()),
        image => image,
    };
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(refused)?;
    answer(&small, &out)
}

fn decode(mut decoder: impl ImageDecoder) -> Result<(DynamicImage, Orientation), Refused> {
    let (width, height) = decoder.dimensions();
    if width > MOST_SIDE || height > MOST_SIDE || decoder.total_bytes() > MOST_BYTES {
        return Err(("pixels", format!("{width} × {height}")));
    }
    // Where what is said of it cannot be read, nothing is.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(refused)?, orientation))
}

fn refused(error: ImageError) -> Refused {
    match error {
        ImageError::Limits(_) => ("pixels", error.to_string()),
        _ => ("damaged", error.to_string()),
    }
}

/// The thumbnail's length in four bytes, the thumbnail, the picture.
fn answer(thumb: &[u8], picture: &[u8]) -> Result<Vec<u8>, Refused> {
    if picture.len() > MOST_ENCODED {
        return Err(("pixels", format!("{} bytes", picture.len())));
    }
    let length = u32::try_from(thumb.len()).map_err(|error| ("damaged", error.to_string()))?;
    Ok([&length.to_be_bytes(), thumb, picture].concat())
}

/// The child's answer taken apart: thumbnail and picture.
pub fn taken_apart(mut answer: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    let length = u32::from_be_bytes(answer.get(..4)?.try_into().ok()?) as usize;
    let picture = (answer.len() >= 4 + length).then(|| answer.split_off(4 + length))?;
    Some((answer.split_off(4), picture))
}

fn thumb(image: &DynamicImage, orientation: Orientation) -> Result<Vec<u8>, Refused> {
    let (width, height) = image.dimensions();
    let mut small =
        if width.max(height) > THUMB_SIDE { image.thumbnail(THUMB_SIDE, THUMB_SIDE) } else { image.clone() };
    small.apply_orientation(orientation);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 80).encode_image(&on_white(&small)).map_err(refused)?;
    Ok(out)
}

/// A JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let mixed = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            ((colour * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

fn encode_turned<P>(
    mut encoder: JpegEncoder<&mut Vec<u8>>,
    image: &ImageBuffer<P, Vec<u8>>,
    orientation: Orientation,
) -> Result<(), Refused>
where
    P: Pixel<Subpixel = u8> + PixelWithColorType,
{
    encoder.encode_image(&Turned { image, orientation }).map_err(refused)
}

/// A picture as it is to be seen.
pub struct Turned<'a, P: Pixel> {
    pub image: &'a ImageBuffer<P, Vec<P::Subpixel>>,
    pub orientation: Orientation,
}

impl<P: Pixel> GenericImageView for Turned<'_, P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        let (width, height) = self.image.dimensions();
        match self.orientation {
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        let (right, bottom) = (self.image.width() - 1, self.image.height() - 1);
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::Rotate90 => (y, bottom - x),
            Orientation::Rotate180 => (right - x, bottom - y),
            Orientation::Rotate270 => (right - y, x),
            Orientation::FlipHorizontal => (right - x, y),
            Orientation::FlipVertical => (x, bottom - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate270FlipH => (right - y, bottom - x),
        };
        *self.image.get_pixel(x, y)
    }
}

/// A decoder fills what is missing with grey: a picture that was cut short must not pass.
fn check_jpeg_end(bytes: &[u8]) -> Result<(), Refused> {
    let short = || ("short", String::new());
    // After the first marker, which is known.
    let mut at = 2;
    loop {
        // Between markers stand segments with their length, or points, in which FF is followed by 00.
        let marker = loop {
            at += bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)).ok_or_else(short)?;
            match *bytes.get(at + 1).ok_or_else(short)? {
                0xFF => at += 1,
                0x00 | 0x01 | 0xD0..=0xD7 => at += 2,
                marker => break marker,
            }
        };
        if marker == 0xD9 {
            return Ok(());
        }
        let length = bytes.get(at + 2..at + 4).ok_or_else(short)?;
        at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
    }
}

fn check_png_end(bytes: &[u8]) -> Result<(), Refused> {
    let mut at = 8;
    loop {
        let head = bytes.get(at..at + 8).ok_or(("short", String::new()))?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        at += 12 + length;
        if at > bytes.len() {
            return Err(("short", String::new()));
        }
        if &head[4..] == b"IEND" {
            return Ok(());
        }
    }
}

/// A picture of grey dots, row by row, as a PNG.
pub fn grey_png(width: u32, height: u32, grey: Vec<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let picture = image::GrayImage::from_raw(width, height, grey)?;
    picture.write_with_encoder(PngEncoder::new(&mut out)).ok()?;
    Some(out)
}

/// The same as a JPEG.
pub fn grey_jpeg(width: u32, height: u32, grey: Vec<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let picture = image::GrayImage::from_raw(width, height, grey)?;
    JpegEncoder::new_with_quality(&mut out, 88).encode_image(&picture).ok()?;
    Some(out)
}
