//! The demonstration as CSV files in a folder, with the commands that import them: what another
//! program would hand over.

use std::fmt::Write as _;
use std::path::Path;

use super::{Demo, File};

impl File {
    /// The file as it would be handed in: UTF-8 CSV.
    pub fn csv(&self) -> std::io::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.into_inner().map_err(|error| error.into_error())
    }
}

impl Demo {
    /// Writes a numbered file for each import and `import.sh`, which imports them in order. What
    /// was imported in error and taken back is left out: it changes no figure.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut script = String::from(
            "#!/bin/sh\n# Imports these files in order; arguments go to each command, e.g. --database URL.\nset -e\ncd \"$(dirname \"$0\")\"\n",
        );
        let kept = self.files.iter().filter(|file| file.taken_back.is_none());
        for (number, file) in kept.enumerate() {
            let name = format!("{:02}-{}", number + 1, file.name);
            std::fs::write(folder.join(&name), file.csv()?)?;
            let _ = writeln!(
                script,
                "\"${{MENKAN:-menkan}}\" import {} {name} --effective {} \"$@\"",
                file.kind.id(),
                file.effective
            );
        }
        std::fs::write(folder.join("import.sh"), script)
    }
}
