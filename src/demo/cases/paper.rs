//! Invented papers: a sheet with a frame and a few lines in block letters, so that a reviewer of the
//! demonstration has something to look at.

use crate::app::files::Media;
use crate::app::files::picture::{grey_jpeg, grey_png};

const WIDTH: usize = 640;
const HEIGHT: usize = 400;
/// Each dot of a letter is so many pixels wide and high.
const DOT: usize = 4;

/// A sheet that says `lines`.
pub fn sheet(lines: &[&str], media: Media) -> Option<Vec<u8>> {
    match media {
        Media::Pdf => Some(document(lines)),
        Media::Jpeg => grey_jpeg(WIDTH as u32, HEIGHT as u32, drawn(lines)),
        Media::Png => grey_png(WIDTH as u32, HEIGHT as u32, drawn(lines)),
    }
}

fn document(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 24 Tf 72 720 Td 36 TL");
    for line in lines {
        let plain: String = line.chars().filter(|c| c.is_ascii_alphanumeric() || " -_".contains(*c)).collect();
        text.push_str(&format!(" ({plain}) Tj T*"));
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let (mut out, mut index) = (String::from("%PDF-1.4\n"), String::new());
    for (number, object) in objects.iter().enumerate() {
        index.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let (begin, count) = (out.len(), objects.len() + 1);
    out.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{index}"));
    out.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n"));
    out.into_bytes()
}

fn drawn(lines: &[&str]) -> Vec<u8> {
    let mut grey = vec![0xf6u8; WIDTH * HEIGHT];
    for x in 0..WIDTH {
        for y in 0..HEIGHT {
            let near = |edge: usize, at: usize| at >= edge && at < edge + 3;
            let in_frame = (16..WIDTH - 16).contains(&x) && (16..HEIGHT - 16).contains(&y);
            let on_edge = near(16, x) || near(WIDTH - 19, x) || near(16, y) || near(HEIGHT - 19, y);
            if in_frame && on_edge {
                grey[y * WIDTH + x] = 0x60;
            }
        }
    }
    for (number, line) in lines.iter().enumerate() {
        write(&mut grey, 48, 56 + number * 60, line);
    }
    grey
}

fn write(grey: &mut [u8], left: usize, top: usize, line: &str) {
    for (place, letter) in line.to_ascii_uppercase().chars().enumerate() {
        let Some((_, rows)) = FONT.iter().find(|(known, _)| *known == letter) else { continue };
        for (y, row) in rows.iter().enumerate() {
            for x in (0..5).filter(|x| row >> (4 - x) & 1 == 1) {
                for dot in 0..DOT * DOT {
                    let at_x = left + (place * 6 + x) * DOT + dot % DOT;
                    let at_y = top + y * DOT + dot / DOT;
                    if at_x < WIDTH && at_y < HEIGHT {
                        grey[at_y * WIDTH + at_x] = 0x20;
                    }
                }
            }
        }
    }
}

/// Letters of five by seven dots, a row a number.
const FONT: &[(char, [u8; 7])] = &[
    ('0', [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e]),
    ('1', [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('2', [0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f]),
    ('3', [0x1e, 0x01, 0x01, 0x0e, 0x01, 0x01, 0x1e]),
    ('4', [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02]),
    ('5', [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e]),
    ('6', [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e]),
    ('7', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e]),
    ('9', [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c]),
    ('A', [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11]),
    ('B', [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e]),
    ('C', [0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e]),
    ('D', [0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e]),
    ('E', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f]),
    ('F', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10]),
    ('G', [0x0e, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0f]),
    ('H', [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11]),
    ('I', [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('J', [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0c]),
    ('K', [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11]),
    ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f]),
    ('M', [0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11]),
    ('N', [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11]),
    ('O', [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
    ('P', [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10]),
    ('Q', [0x0e, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0d]),
    ('R', [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11]),
    ('S', [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e]),
    ('T', [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
    ('V', [0x11, 0x11, 0x11, 0x11, 0x11, 0x0a, 0x04]),
    ('W', [0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11]),
    ('X', [0x11, 0x11, 0x0a, 0x04, 0x0a, 0x11, 0x11]),
    ('Y', [0x11, 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04]),
    ('Z', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f]),
    ('-', [0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00]),
];
