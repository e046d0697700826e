//! Files as people send them, good and bad, made here: each with the code that it must be refused
//! with, or none where it must be taken.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, ImageFormat, Rgb, RgbImage};

/// Where the picture was taken, as a camera writes it: nobody may find it again.
pub const CANARY: &str = "GPS-CANARY-24.1447N-120.7270E";

pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    /// The refusal's code.
    pub refused: Option<&'static str>,
}

fn good(name: impl Into<String>, bytes: Vec<u8>) -> Case {
    Case { name: name.into(), bytes, refused: None }
}

fn bad(name: impl Into<String>, bytes: impl Into<Vec<u8>>, code: &'static str) -> Case {
    Case { name: name.into(), bytes: bytes.into(), refused: Some(code) }
}

pub fn all() -> Vec<Case> {
    let mut all = good_pictures();
    all.extend(good_pdfs());
    all.extend(other_kinds());
    all.extend(broken_pictures());
    all.extend(broken_pdfs());
    all.extend(active_pdfs());
    all
}

/// A picture in which every point differs from its neighbours.
pub fn points(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, ((x + y) % 256) as u8])
    })
}

pub fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90).encode_image(image).unwrap();
    out
}

fn png(image: &DynamicImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A segment after a JPEG's first marker.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// EXIF with an orientation (1 to 8) and a text that must go.
pub fn exif(orientation: u8) -> Vec<u8> {
    let text = format!("{CANARY}\0");
    let mut out = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    out.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // ImageDescription, its text after the two entries.
    out.extend([0x01, 0x0E, 0, 2]);
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(38u32.to_be_bytes());
    out.extend([0; 4]);
    out.extend(text.bytes());
    out
}

pub fn jpeg_with_exif(image: &RgbImage, orientation: u8) -> Vec<u8> {
    with_segment(&jpeg(image), 0xE1, &exif(orientation))
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(content);
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], kind, content, &crc.sum().to_be_bytes()].concat()
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A PNG made by hand: `rows` is what is compressed, the filter's byte before each row.
fn raw_png(width: u32, height: u32, depth: u8, colour: u8, extra: &[u8], rows: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let data = chunk(b"IDAT", &deflated(rows));
    [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &head)[..], extra, &data, &chunk(b"IEND", b"")].concat()
}

fn good_pictures() -> Vec<Case> {
    let small = points(40, 30);
    let dynamic = DynamicImage::ImageRgb8(small.clone());
    let plain = jpeg(&small);
    let mut all = vec![
        good("plain.jpg", plain.clone()),
        good("plain.JPEG", plain.clone()),
        good("said to be a png.png", plain.clone()),
        good("one point.jpg", jpeg(&points(1, 1))),
        good("odd.jpg", jpeg(&points(17, 9))),
        good("photo.jpg", jpeg(&points(2_000, 1_500))),
        good("widest.jpg", jpeg(&points(8_000, 10))),
        good("highest.jpg", jpeg(&points(10, 8_000))),
        good("comment.jpg", with_segment(&plain, 0xFE, CANARY.as_bytes())),
        good("colours.jpg", with_segment(&plain, 0xE2, b"ICC_PROFILE\0\x01\x01nothing")),
        good("with its own thumbnail.jpg", with_segment(&plain, 0xE1, &[b"Exif\0\0", &plain[..]].concat())),
        good("moving picture.jpg", [&plain[..], b"\0\0\0\x18ftypmp42", CANARY.as_bytes()].concat()),
        good("grey.png", png(&DynamicImage::ImageLuma8(dynamic.to_luma8()))),
        good("grey, clear.png", png(&DynamicImage::ImageLumaA8(dynamic.to_luma_alpha8()))),
        good("colour.png", png(&dynamic)),
        good("clear.png", png(&DynamicImage::ImageRgba8(dynamic.to_rgba8()))),
        good("deep grey.png", png(&DynamicImage::ImageLuma16(dynamic.to_luma16()))),
        good("deep.png", png(&DynamicImage::ImageRgb16(dynamic.to_rgb16()))),
        good("deep, clear.png", png(&DynamicImage::ImageRgba16(dynamic.to_rgba16()))),
        good("palette.png", raw_png(2, 1, 8, 3, &chunk(b"PLTE", &[255, 0, 0, 0, 0, 255]), &[0, 0, 1])),
        good("black and white.png", raw_png(8, 1, 1, 0, b"", &[0, 0b1010_1010])),
        good("text.png", raw_png(1, 1, 8, 0, &chunk(b"tEXt", format!("Comment\0{CANARY}").as_bytes()), &[0, 9])),
        good("located.png", raw_png(1, 2, 8, 0, &chunk(b"eXIf", &exif(6)[6..]), &[0, 9, 0, 90])),
        good("big grey.png", png(&DynamicImage::ImageLuma8(GrayImage::new(8_000, 8_000)))),
        good("called a pdf.pdf", plain.clone()),
    ];
    all.extend((1..=8).map(|turn| good(format!("turned {turn}.jpg"), jpeg_with_exif(&small, turn))));
    all
}

const CATALOG: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>";

/// A PDF of these objects, numbered from 1, with more in its trailer.
fn pdf_of(objects: &[&[u8]], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", index + 1).bytes());
        out.extend(*object);
        out.extend(b"\nendobj\n");
    }
    let index = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<< /Size {} /Root 1 0 R {trailer} >>\n", objects.len() + 1).bytes());
    out.extend(format!("startxref\n{index}\n%%EOF\n").bytes());
    out
}

/// A PDF of one page and further objects.
pub fn pdf(more: &[&[u8]]) -> Vec<u8> {
    pdf_of(&[&[CATALOG.as_bytes(), PAGES.as_bytes(), PAGE.as_bytes()], more].concat(), "")
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {dictionary} /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// Objects as they stand in a stream: their table, then they.
fn table(objects: &[&str]) -> (String, usize) {
    let (mut head, mut body) = (String::new(), String::new());
    for (index, object) in objects.iter().enumerate() {
        head += &format!("{} {} ", index + 1, body.len());
        body += &format!("{object} ");
    }
    let first = head.len();
    (head + body.as_str(), first)
}

/// A PDF whose objects are in a compressed stream, as today's programs write them.
fn compressed(objects: &[&str], dictionary: &str, index: &str) -> Vec<u8> {
    let (content, first) = table(objects);
    let dictionary = dictionary.replace("FIRST", &first.to_string()).replace("COUNT", &objects.len().to_string());
    let mut out = b"%PDF-1.5\n".to_vec();
    out.extend(b"5 0 obj\n");
    out.extend(stream(&dictionary, &deflated(content.as_bytes())));
    let place = out.len() + 8;
    out.extend(b"\nendobj\n6 0 obj\n");
    out.extend(stream(&format!("/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R {index}"), &[0; 28]));
    out.extend(format!("\nendobj\nstartxref\n{place}\n%%EOF").bytes());
    out
}

const OBJECTS: &str = "/Type /ObjStm /N COUNT /First FIRST /Filter /FlateDecode";

fn updated(pdf: &[u8], object: &str) -> Vec<u8> {
    let more =
        format!("7 0 obj\n{object}\nendobj\nxref\n0 0\ntrailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n");
    [pdf, more.as_bytes()].concat()
}

fn good_pdfs() -> Vec<Case> {
    let plain = pdf(&[]);
    // What a scan's bytes may look like, by chance.
    let noise = b"\x00/JS \xFF/JavaScript \x80/Launch obj \x01 (( << /XFA ".repeat(3);
    let text = b"<< /Title (about /JavaScript, /JS and \\( /Launch) /Subject <2F4A53> >> % /RichMedia";
    let link = b"<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://example.edu.tw/Launch) >> >>";
    let versions = ["1.3", "1.4", "1.6", "2.0"].map(|version| {
        let text = plain.clone();
        let mut out = text;
        out[5..8].copy_from_slice(version.as_bytes());
        good(format!("version {version}.pdf"), out)
    });
    let mut all = vec![
        good("plain.pdf", plain.clone()),
        good("PLAIN.PDF", plain.clone()),
        good("scan.pdf", pdf(&[&stream("/Subtype /Image /Filter /DCTDecode", &noise)])),
        good("page.pdf", pdf(&[&stream("/Filter /FlateDecode", &deflated(b"BT (/JS ) Tj ET"))])),
        good("texts.pdf", pdf(&[text])),
        good("signed.pdf", pdf(&[b"<< /AcroForm << /Fields [9 0 R] /SigFlags 3 >> >>", b"<< /FT /Sig /T (seal) >>"])),
        good("link.pdf", pdf(&[link])),
        good("updated.pdf", updated(&plain, "<< /Type /Annot /Subtype /Text >>")),
        good("spaces after.pdf", [&plain[..], b"\r\n\0\0\0  "].concat()),
        good("compressed.pdf", compressed(&[CATALOG, PAGES, PAGE], OBJECTS, "")),
        good("compressed, with a link.pdf", {
            let link = String::from_utf8_lossy(link);
            compressed(&[CATALOG, PAGES, PAGE, &link], OBJECTS, "")
        }),
        good("profile.pdf", pdf(&[&stream("/N 3 /Alternate /DeviceRGB /Filter /FlateDecode", &deflated(b"icc"))])),
        good("no extension", plain.clone()),
        good("carriage returns.pdf", {
            let text: Vec<u8> = plain.iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect();
            text
        }),
    ];
    all.extend(versions);
    all
}

fn other_kinds() -> Vec<Case> {
    let plain = pdf(&[]);
    let kind = "file-kind";
    vec![
        bad("empty.jpg", b"", "file-empty"),
        bad("one byte.jpg", b"\xFF", kind),
        bad("animation.gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF!\xF9\x04".to_vec(), kind),
        bad("bomb.gif", [&b"GIF89a\xFF\xFF\xFF\xFF\xF7\0\0"[..], &[0; 5_000]].concat(), kind),
        bad("animation.jpg", b"GIF89a\x01\0\x01\0\x80\0\0".to_vec(), kind),
        bad("photo.webp", b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(), kind),
        bad("photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec(), kind),
        bad("photo.avif", b"\0\0\0\x18ftypavif\0\0\0\0avifmif1".to_vec(), kind),
        bad("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0".to_vec(), kind),
        bad("points.bmp", b"BM\x3A\0\0\0\0\0\0\0".to_vec(), kind),
        bad("scan.tiff", b"II*\0\x08\0\0\0".to_vec(), kind),
        bad("icon.ico", b"\0\0\x01\0\x01\0".to_vec(), kind),
        bad("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec(), kind),
        bad("drawing.png", b"<svg onload=alert(1)>".to_vec(), kind),
        bad("page.html", b"<!doctype html><script>alert(1)</script>".to_vec(), kind),
        bad("page.pdf", b"<html><script>alert(1)</script></html>".to_vec(), kind),
        bad("page first.pdf", [b"<html>", &plain[..]].concat(), kind),
        bad("space first.pdf", [b" ", &plain[..]].concat(), kind),
        bad("line first.pdf", [b"\r\n", &plain[..]].concat(), kind),
        bad("mark first.pdf", [b"\xEF\xBB\xBF", &plain[..]].concat(), kind),
        bad("small letters.pdf", [b"%pdf-1.7\n", &plain[9..]].concat(), kind),
        bad("letter.docx", b"PK\x03\x04\x14\0\x06\0word/document.xml".to_vec(), kind),
        bad("letter.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), kind),
        bad("letter.rtf", b"{\\rtf1\\ansi x}".to_vec(), kind),
        bad("letter.odt", b"PK\x03\x04\x14\0\0\x08mimetypeapplication/vnd.oasis.opendocument.text".to_vec(), kind),
        bad("archive.zip", b"PK\x05\x06\0\0\0\0".to_vec(), kind),
        bad("archive.rar", b"Rar!\x1A\x07\x01\0".to_vec(), kind),
        bad("archive.7z", b"7z\xBC\xAF\x27\x1C".to_vec(), kind),
        bad("archive.gz", b"\x1F\x8B\x08\0\0\0\0\0".to_vec(), kind),
        bad("program.exe", b"MZ\x90\0\x03\0\0\0".to_vec(), kind),
        bad("program.jpg.exe", b"MZ\x90\0\x03\0\0\0".to_vec(), kind),
        bad("program.jpg", b"\x7FELF\x02\x01\x01\0".to_vec(), kind),
        bad("script.png", b"#!/bin/sh\nrm -rf /\n".to_vec(), kind),
        bad("print.pdf", b"%!PS-Adobe-3.0\n".to_vec(), kind),
        bad("words.txt", "證明".as_bytes().to_vec(), kind),
        bad("table.xml", b"<?xml version='1.0'?><!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>".to_vec(), kind),
        bad("virus.jpg", br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*".to_vec(), kind),
        bad("zeros.png", vec![0; 10_000], kind),
        bad("other line ends.png", b"\x89PNG\n\x1a\n\0\0\0\rIHDR".to_vec(), kind),
    ]
}

fn broken_pictures() -> Vec<Case> {
    let photo = jpeg_with_exif(&points(200, 150), 6);
    let picture = png(&DynamicImage::ImageRgb8(points(200, 150)));
    let mut all = Vec::new();
    for part in 1..10 {
        all.push(bad(format!("cut {part}.jpg"), &photo[..photo.len() * part / 10], "file-short"));
        all.push(bad(format!("cut {part}.png"), &picture[..picture.len() * part / 10], "file-short"));
    }
    let mut turned = picture.clone();
    let at = turned.len() / 2;
    turned[at] ^= 0x55;
    let mut headless = picture.clone();
    headless[29] ^= 0x55;
    // Says in its frame that it is 60,000 a side.
    let frame = photo.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    let mut boast = photo.clone();
    boast[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    let mut nothing = photo.clone();
    nothing[frame + 5..frame + 9].copy_from_slice(&[0, 0, 0, 0]);
    // A real one of 13,000 points a side, all of them black.
    let line = 13_000 / 8 + 1;
    let huge = raw_png(13_000, 13_000, 1, 0, b"", &vec![0; line * 13_000]);
    assert!(huge.len() < 300_000, "{}", huge.len());
    let grey = jpeg_of_grey(8_001, 8);
    all.extend([
        bad("last byte.jpg", &photo[..photo.len() - 1], "file-short"),
        bad("last byte.png", &picture[..picture.len() - 1], "file-short"),
        bad("turned bit.png", turned, "file-damaged"),
        bad("turned head.png", headless, "file-damaged"),
        bad("huge.png", huge, "file-pixels"),
        bad("boast.jpg", boast, "file-pixels"),
        bad("no points.jpg", nothing, "file-damaged"),
        bad("boast.png", raw_png(30_000, 30_000, 8, 6, b"", &[0]), "file-pixels"),
        bad("greatest boast.png", raw_png(0x7FFF_FFFF, 0x7FFF_FFFF, 16, 6, b"", &[0]), "file-pixels"),
        bad("no width.png", raw_png(0, 8, 8, 0, b"", &[0]), "file-damaged"),
        bad("too wide.png", raw_png(8_001, 1, 8, 0, b"", &[0; 8_002]), "file-pixels"),
        bad("too wide.jpg", grey, "file-pixels"),
        bad("all of it.png", raw_png(8_000, 8_000, 8, 2, b"", &[0]), "file-pixels"),
        bad("too few rows.png", raw_png(100, 100, 8, 0, b"", &[0; 101]), "file-damaged"),
        bad("no such colour.png", raw_png(4, 4, 8, 5, b"", &[0; 20]), "file-damaged"),
        bad("no such depth.png", raw_png(4, 4, 7, 0, b"", &[0; 20]), "file-damaged"),
        bad("no palette.png", raw_png(4, 4, 8, 3, b"", &[0; 20]), "file-damaged"),
        bad("a page.jpg", b"\xFF\xD8\xFF\xE0<html><script>alert(1)</script>".to_vec(), "file-short"),
        bad("a page.png", b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>".to_vec(), "file-short"),
        bad("an archive.jpg", b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xD9PK\x03\x04".to_vec(), "file-damaged"),
        bad("only ends.jpg", b"\xFF\xD8\xFF\xD9".to_vec(), "file-damaged"),
        bad("only ends.png", [&picture[..8], &chunk(b"IEND", b"")].concat(), "file-damaged"),
        bad("a head.png", [&picture[..33], &chunk(b"IEND", b"")].concat(), "file-damaged"),
        bad(
            "bomb of text.png",
            {
                let text = deflated(&vec![b'a'; 300 << 20]);
                let text = [&b"x\0\0"[..], &text].concat();
                // Never unpacked: what is written beside the points is not asked for.
                [&raw_png(1, 1, 8, 0, &chunk(b"zTXt", &text), &[0, 9])[..], b""].concat()
            },
            "",
        ),
    ]);
    for case in &mut all {
        case.refused = case.refused.filter(|code| !code.is_empty());
    }
    all
}

fn jpeg_of_grey(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new(&mut out).encode_image(&GrayImage::new(width, height)).unwrap();
    out
}

fn broken_pdfs() -> Vec<Case> {
    let plain = pdf(&[&stream("", &[b'x'; 3_000])]);
    let mut all: Vec<Case> =
        (1..10).map(|part| bad(format!("cut {part}.pdf"), &plain[..plain.len() * part / 10], "file-short")).collect();
    let plain = pdf(&[]);
    let without = |what: &str| {
        let text = String::from_utf8_lossy(&plain[15..]).replace(what, "x");
        [&plain[..15], text.as_bytes()].concat()
    };
    let three: &[&[u8]] = &[CATALOG.as_bytes(), PAGES.as_bytes(), PAGE.as_bytes()];
    let bomb = {
        let (table, first) = table(&[CATALOG, PAGES, PAGE]);
        let content = [table.as_bytes(), &vec![b' '; 200 << 20]].concat();
        let dictionary = format!("/Type /ObjStm /N 3 /First {first} /Filter /FlateDecode");
        pdf(&[&stream(&dictionary, &deflated(&content))])
    };
    let objects = [CATALOG, PAGES, PAGE];
    all.extend([
        bad("only a mark.pdf", b"%PDF-1.7".to_vec(), "file-short"),
        bad("a page.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>".to_vec(), "file-short"),
        bad("a page, marked.pdf", b"%PDF-1.7\n<script>alert(1)</script>\nstartxref\n9\n%%EOF".to_vec(), "file-damaged"),
        bad("no index.pdf", without("startxref"), "file-short"),
        bad("no end.pdf", without("%%EOF"), "file-short"),
        bad("no root.pdf", without("/Root 1 0 R"), "file-damaged"),
        bad("no pages.pdf", without("/Page"), "file-damaged"),
        bad(
            "pages without a page.pdf",
            pdf_of(&[CATALOG.as_bytes(), b"<< /Type /Pages /Kids [] /Count 0 >>"], ""),
            "file-damaged",
        ),
        bad(
            "pages in a ring.pdf",
            pdf_of(&[CATALOG.as_bytes(), b"<< /Type /Pages /Kids [2 0 R] >>"], ""),
            "file-damaged",
        ),
        bad("archive behind.pdf", [&plain[..], b"PK\x05\x06\0\0\0\0"].concat(), "file-appended"),
        bad("page behind.pdf", [&plain[..], b"<script>alert(1)</script>"].concat(), "file-appended"),
        bad("far behind.pdf", [&plain[..], &[b'z'; 3_000]].concat(), "file-short"),
        bad("locked.pdf", pdf_of(three, "/Encrypt 9 0 R"), "file-encrypted"),
        bad("locked in letters.pdf", pdf_of(three, "/#45ncrypt << /V 5 >>"), "file-encrypted"),
        bad("locked, compressed.pdf", compressed(&objects, OBJECTS, "/Encrypt 9 0 R"), "file-encrypted"),
        bad("bomb.pdf", bomb, "file-hidden"),
        bad("other filter.pdf", compressed(&objects, &OBJECTS.replace("Flate", "LZW"), ""), "file-hidden"),
        bad(
            "two filters.pdf",
            compressed(&objects, &OBJECTS.replace("/FlateDecode", "[/ASCIIHexDecode /FlateDecode]"), ""),
            "file-hidden",
        ),
        bad("filter elsewhere.pdf", compressed(&objects, &OBJECTS.replace("/FlateDecode", "8 0 R"), ""), "file-hidden"),
        bad(
            "predicted.pdf",
            compressed(&objects, &format!("{OBJECTS} /DecodeParms << /Predictor 12 >>"), ""),
            "file-hidden",
        ),
        bad("no table.pdf", compressed(&objects, &OBJECTS.replace("/First FIRST", ""), ""), "file-hidden"),
        bad(
            "not compressed.pdf",
            {
                let dictionary = "/Type /ObjStm /N 3 /First 9 /Filter /FlateDecode";
                pdf(&[&stream(dictionary, b"this is no zlib")])
            },
            "file-damaged",
        ),
    ]);
    all
}

/// Everything that acts or carries, in every place where it can stand.
fn active_pdfs() -> Vec<Case> {
    let code = "file-active";
    let mut all = Vec::new();
    for (name, object) in [
        ("JavaScript", "<< /S /JavaScript /X (app.alert\\(1\\)) >>"),
        ("JS", "<< /S /Rendition /JS (app.alert\\(1\\)) >>"),
        ("Launch", "<< /S /Launch /F (cmd.exe) >>"),
        ("EmbeddedFile", "<< /Type /EmbeddedFile >>"),
        ("EmbeddedFiles", "<< /Names << /EmbeddedFiles 9 0 R >> >>"),
        ("FileAttachment", "<< /Subtype /FileAttachment >>"),
        ("RichMedia", "<< /Subtype /RichMedia >>"),
        ("XFA", "<< /AcroForm << /XFA 9 0 R >> >>"),
        ("EF", "<< /Type /Filespec /F (program.exe) /EF << /F 9 0 R >> >>"),
        ("SubmitForm", "<< /S /SubmitForm /F (https://example.edu.tw) >>"),
        ("ImportData", "<< /S /ImportData /F (form.fdf) >>"),
        ("GoToR", "<< /OpenAction << /S /GoToR /F (other.pdf) /D [0 /Fit] >> >>"),
        ("GoToE", "<< /S /GoToE /T << /R /C /N (other) >> >>"),
        ("Thread", "<< /S /Thread /F (other.pdf) /D 0 >>"),
        ("Rendition", "<< /S /Rendition /R 9 0 R >>"),
        ("Movie", "<< /Subtype /Movie /Movie << /F (film.mov) >> >>"),
        ("Sound", "<< /Subtype /Sound /X 9 0 R >>"),
        ("Collection", "<< /Collection << /Type /Folder >> >>"),
        ("Tx", "<< /FT /Tx /T (field) >>"),
        ("Btn", "<< /FT /Btn /T (button) >>"),
    ] {
        let escaped: String = name.bytes().map(|byte| format!("#{byte:02X}")).collect();
        let partly = format!("{}#{:02x}{}", &name[..1], name.as_bytes()[1], &name[2..]);
        let bytes = object.as_bytes();
        let mut case = |how: &str, bytes: Vec<u8>| all.push(bad(format!("{name} {how}.pdf"), bytes, code));
        case("plain", pdf(&[bytes]));
        case("in letters", pdf(&[object.replace(&format!("/{name}"), &format!("/{escaped}")).as_bytes()]));
        case("partly", pdf(&[object.replace(&format!("/{name}"), &format!("/{partly}")).as_bytes()]));
        case("compressed", compressed(&[CATALOG, PAGES, PAGE, object], OBJECTS, ""));
        case("compressed, no type", {
            compressed(&[CATALOG, PAGES, PAGE, object], &OBJECTS.replace("/Type /ObjStm", ""), "")
        });
        case("updated", updated(&pdf(&[]), object));
        let inner = format!("8 0 obj\n{object}\nendobj\n");
        case("in a stream", pdf(&[&stream("/Filter /DCTDecode", inner.as_bytes())]));
        let inner = format!("8%\n0%\nobj{object}endobj");
        case("in a stream, with remarks", pdf(&[&stream("", inner.as_bytes())]));
        case("in a remark", pdf(&[format!("<< >> % 8 0 obj {object}").as_bytes()]));
        case("in a text", pdf(&[format!("<< /A (\r8 0 obj {object}) >>").as_bytes()]));
        case("after a text of a stream", {
            pdf(&[format!("<< /A (9 0 obj << >> stream\n) /B {object} /C (\nendstream) >>").as_bytes()])
        });
    }
    all
}
