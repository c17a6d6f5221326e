//! A two-page financial agreement, as a PDF made here: PDF 1.4, the standard fonts, nothing else.

use std::fmt::Write as _;

const PAGES: [&[&str]; 2] = [
    &[
        "# Financial agreement",
        "Clinique dentaire du Plateau",
        "Patient: Anne Cote          File: OD-1001",
        "",
        "## 1. Treatment",
        "Two implants (positions 35 and 36) with ceramic crowns,",
        "in four visits over six months, by Dr. Lefebvre.",
        "",
        "## 2. Price",
        "Implants, 2 x 1,850.00 CAD                 3,700.00 CAD",
        "Crowns, 2 x 1,150.00 CAD                   2,300.00 CAD",
        "Estimated share of the insurer            -1,400.00 CAD",
        "To be paid by the patient                  4,600.00 CAD",
        "",
        "The estimate is valid for 90 days. A change of the plan",
        "of treatment is agreed in writing before it is carried out.",
    ],
    &[
        "# Payment plan",
        "",
        "On signature                                 600.00 CAD",
        "Month 1 to month 8, on the 1st             500.00 CAD each",
        "",
        "## 3. Late payment",
        "The clinic calls before it charges anything. No interest",
        "is charged for the first 30 days.",
        "",
        "## 4. Withdrawal",
        "The patient may withdraw before any visit; treatment",
        "already carried out is paid at the prices above.",
        "",
        "Signature of the patient: ______________________________",
        "",
        "Signature of the clinic:  ______________________________",
    ],
];

/// The bytes of the agreement: the same on every call.
pub(super) fn pdf() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [5 0 R 7 0 R] /Count 2 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>".to_owned(),
    ];
    for (index, lines) in PAGES.into_iter().enumerate() {
        let stream = stream(lines, index + 1);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
            objects.len() + 2
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{stream}endstream",
            stream.len()
        ));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        append(
            &mut file,
            format_args!("{} 0 obj\n{object}\nendobj\n", index + 1),
        );
    }
    let table = file.len();
    append(
        &mut file,
        format_args!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1),
    );
    for offset in offsets {
        append(&mut file, format_args!("{offset:010} 00000 n \n"));
    }
    append(
        &mut file,
        format_args!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        ),
    );
    file.into_bytes()
}

fn append(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a String takes any text");
}

fn stream(lines: &[&str], page: usize) -> String {
    let mut stream = "BT\n72 720 Td\n".to_owned();
    for line in lines {
        let (font, size, text) = match line.split_once(' ') {
            Some(("#", text)) => ("F2", 20, text),
            Some(("##", text)) => ("F2", 13, text),
            _ => ("F1", 11, *line),
        };
        let text = text
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        append(
            &mut stream,
            format_args!("/{font} {size} Tf\n({text}) Tj\n0 -24 Td\n"),
        );
    }
    append(
        &mut stream,
        format_args!("/F1 9 Tf\n0 -40 Td\n(Page {page} of 2) Tj\nET\n"),
    );
    stream
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_offset_of_the_table_points_at_its_object() {
        let file = String::from_utf8(super::pdf()).unwrap();
        assert!(file.starts_with("%PDF-1.4") && file.ends_with("%%EOF\n"));
        let table = file.rsplit("xref\n0 9\n").next().unwrap();
        let offsets = table.lines().skip(1).take(8).enumerate();
        for (index, line) in offsets {
            let offset: usize = line[..10].parse().unwrap();
            assert!(
                file[offset..].starts_with(&format!("{} 0 obj", index + 1)),
                "{line}"
            );
        }
    }
}
