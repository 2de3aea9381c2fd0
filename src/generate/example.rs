//! A handful of made-up projects, labelled as such, with participations: so that outcomes can be explored where no
//! agency has delivered any. No outcome is ever made up for a project that exists.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{Months, NaiveDate};
use fastrand::Rng;

use super::participations::{self, Took};
use super::{create, failed};
use crate::domain::statement::{Party, Statement};
use crate::error::Result;

const PROJECTS: &str = "syntetiskt-exempel.jsonl";
const PARTICIPATIONS: &str = "syntetiskt-exempel-deltaganden.csv";
/// Who owns them.
pub const OWNER: &str = "Påhittade kommunen (syntetiskt exempel)";
const COUNTIES: [&str; 4] = ["Stockholms län", "Västra Götalands län", "Skåne län", "Västernorrlands län"];
const NAMES: [&str; 6] = ["Bron", "Steget", "Kompassen", "Fyren", "Navet", "Trappan"];

/// Writes the projects as delivered statements, and their participations as of a day.
///
/// # Errors
/// [`crate::error::Error::File`] if a file is there already or cannot be written.
pub fn write(folder: &Path, today: NaiveDate) -> Result<(PathBuf, PathBuf)> {
    let (projects, deltaganden) = (folder.join(PROJECTS), folder.join(PARTICIPATIONS));
    let mut file = create(&projects)?;
    let mut random = Rng::with_seed(5);
    let mut took = Vec::new();
    for (at, (county, name)) in
        COUNTIES.iter().flat_map(|county| NAMES.map(|name| (county, name))).enumerate()
    {
        let start = today - Months::new(18 + random.u32(0..18));
        let own = Took {
            number: format!("SYNTETISKT-{:02}", at + 1),
            start,
            end: start + Months::new(24),
            participants: participations::size(&mut random, 45.0),
        };
        let party = |name: &str| Party { name: name.to_owned(), ..Party::default() };
        let statement = Statement {
            document: PROJECTS.to_owned(),
            line: u32::try_from(at + 1).unwrap_or(1),
            name: Some(format!("Syntetiskt exempel {}: {name}", at + 1)),
            project_number: Some(own.number.clone()),
            owner: Some(party(OWNER)),
            partners: vec![party("Påhittade samordningsförbundet (syntetiskt exempel)")],
            funders: vec!["Påhittade fonden (syntetiskt exempel)".to_owned()],
            period: Some(format!("{}/{}", own.start, own.end)),
            planned_participants: Some(own.participants.next_multiple_of(10)),
            region: Some((*county).to_owned()),
            ..Statement::default()
        };
        let line = serde_json::to_string(&statement).map_err(std::io::Error::from);
        line.and_then(|line| writeln!(file, "{line}")).map_err(|cause| failed(&projects, &cause))?;
        took.push(own);
    }
    file.flush().map_err(|cause| failed(&projects, &cause))?;
    participations::write(&deltaganden, &took, today, 7)?;
    Ok((projects, deltaganden))
}
