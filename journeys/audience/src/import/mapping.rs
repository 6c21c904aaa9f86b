//! CSV with other columns: what each is taken for, and the file with Pinpoint's header.

use std::borrow::Cow;
use std::fmt::Write;

use super::csv::{Table, is_known};
use crate::draft::{Field, RowProblem};

/// Rows that a guess looks at.
const LOOKED_AT: usize = 20;

/// The columns of a CSV file and its first rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Names in the file.
    pub names: Vec<String>,
    /// What each is taken for, a dotted path; empty = it is left out.
    pub guesses: Vec<String>,
    /// Cells of the first rows.
    pub rows: Vec<Vec<String>>,
}

/// Members that a column can be, beside `Attributes.NAME`, `User.UserAttributes.NAME` and `Metrics.NAME`
/// (segments-and-endpoints.md 3).
pub fn members() -> Vec<String> {
    let own = ["Id", "ChannelType", "Address", "OptOut", "EffectiveDate", "User.UserId"];
    let place = ["Location.Latitude", "Location.Longitude"];
    let fields = Field::ALL.iter().filter(|(field, _, _)| *field != Field::RequestId).map(|(field, _, _)| field.path());
    own.into_iter().chain(place).map(str::to_owned).chain(fields).collect()
}

/// Looks at the header and the first rows of a CSV file, and guesses what its columns are.
///
/// # Errors
/// When there is no header.
pub fn look(text: &str) -> Result<Columns, RowProblem> {
    let mut table = Table::new(super::bare(text));
    let header = loop {
        match table.cells() {
            None => {
                return Err(RowProblem::new("", "the file is empty: a header of column names is expected").at(1));
            }
            Some(cells) => {
                let cells = cells?;
                if cells.iter().any(|cell| !cell.trim().is_empty()) {
                    break cells;
                }
            }
        }
    };
    let names: Vec<String> = header.iter().map(|cell| cell.trim().to_owned()).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    while rows.len() < LOOKED_AT
        && let Some(cells) = table.cells()
    {
        if let Ok(cells) = cells
            && cells.iter().any(|cell| !cell.trim().is_empty())
        {
            rows.push(cells.into_iter().map(Cow::into_owned).collect());
        }
    }
    let mut guesses: Vec<String> = Vec::new();
    for (column, name) in names.iter().enumerate() {
        let cells: Vec<&str> = rows.iter().filter_map(|row| Some(row.get(column)?.as_str())).collect();
        let guess = guess(name, &cells);
        // One column can be the address; a second e-mail or phone column is an attribute.
        let taken = guesses.contains(&guess) && !guess.contains("ttributes.");
        guesses.push(if taken { custom(name) } else { guess });
    }
    Ok(Columns { names, guesses, rows })
}

/// What a column is by its name and its first cells.
fn guess(name: &str, cells: &[&str]) -> String {
    if name.is_empty() {
        return String::new();
    }
    if is_known(name) {
        return name.to_owned();
    }
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let all = |fits: &dyn Fn(&str) -> bool| !filled.is_empty() && filled.iter().all(|cell| fits(cell));
    let word: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let member = match word.as_str() {
        "email" | "emailaddress" | "mail" if filled.is_empty() || all(&|cell| cell.contains('@')) => "Address",
        "phone" | "phonenumber" | "mobile" | "mobilephone" | "msisdn" | "tel" | "telephone" | "token"
        | "devicetoken" | "address" => "Address",
        "endpointid" => "Id",
        "userid" | "customerid" | "customer" | "user" => "User.UserId",
        "channel" | "channeltype" => "ChannelType",
        "optout" | "optedout" if all(&|cell| matches!(cell, "ALL" | "NONE")) => "OptOut",
        "updated" | "updatedat" | "lastupdated" | "lastseen" | "lastactive" => "EffectiveDate",
        "timezone" | "tz" | "zone" => "Demographic.Timezone",
        "language" | "locale" => "Demographic.Locale",
        "country" | "countrycode" => "Location.Country",
        "city" | "town" => "Location.City",
        "zip" | "zipcode" | "postcode" | "postalcode" => "Location.PostalCode",
        "state" | "region" | "province" => "Location.Region",
        "lat" | "latitude" => "Location.Latitude",
        "lon" | "lng" | "longitude" => "Location.Longitude",
        "make" | "manufacturer" => "Demographic.Make",
        "model" | "device" => "Demographic.Model",
        "os" | "platform" => "Demographic.Platform",
        "appversion" => "Demographic.AppVersion",
        "firstname" | "givenname" | "forename" => "User.UserAttributes.FirstName",
        "lastname" | "surname" | "familyname" => "User.UserAttributes.LastName",
        _ => "",
    };
    match member {
        "" if all(&|cell| cell.parse::<f64>().is_ok_and(f64::is_finite)) => format!("Metrics.{name}"),
        "" => custom(name),
        member => member.to_owned(),
    }
}

fn custom(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("Attributes.{name}") }
}

/// What kind of channel addresses are for, by the first of them: `EMAIL`, `SMS`; `None` = they do not tell.
pub fn channel_of(addresses: &[&str]) -> Option<&'static str> {
    let all = |fits: &dyn Fn(&str) -> bool| !addresses.is_empty() && addresses.iter().all(|address| fits(address));
    let is_number = |address: &str| {
        address.strip_prefix('+').is_some_and(|digits| digits.len() > 5 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    match () {
        () if all(&|address| address.contains('@')) => Some("EMAIL"),
        () if all(&is_number) => Some("SMS"),
        () => None,
    }
}

/// Writes rows of CSV with Pinpoint's columns.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Column of the file and its path, those that are kept.
    kept: Vec<(usize, String)>,
    channel: Option<String>,
    columns: usize,
}

/// A row with Pinpoint's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedRow {
    /// The line in the file at which it begins, from 1.
    pub line: usize,
    /// The row, with its line end; or why it is none.
    pub text: Result<String, RowProblem>,
}

impl Mapping {
    /// `targets` has for each column of the file a dotted path, or nothing to leave it out; `channel` stands for a column
    /// with the `ChannelType` where none has it.
    ///
    /// # Errors
    /// A path that is no column of an import, or stands there twice (segments-and-endpoints.md 3, I001).
    pub fn new(targets: &[String], channel: Option<&str>) -> Result<Mapping, RowProblem> {
        let kept: Vec<(usize, String)> = targets
            .iter()
            .enumerate()
            .map(|(column, target)| (column, target.trim().to_owned()))
            .filter(|(_, target)| !target.is_empty())
            .collect();
        let mapping = Mapping { kept, channel: channel.map(str::to_owned), columns: targets.len() };
        super::Rows::csv(&mapping.header())?;
        Ok(mapping)
    }

    /// The header, with its line end.
    pub fn header(&self) -> String {
        let mut out = String::new();
        let own = self.channel.is_some().then_some("ChannelType");
        for (number, name) in self.kept.iter().map(|(_, name)| name.as_str()).chain(own).enumerate() {
            if number > 0 {
                out.push(',');
            }
            quote(&mut out, name);
        }
        out.push('\n');
        out
    }

    /// The rows of a piece of whole rows, which begins at `line`; blank ones are passed over.
    pub fn rows(&self, piece: &str, line: usize) -> Vec<MappedRow> {
        let mut table = Table::new(piece);
        table.begin_at(line);
        let mut rows = Vec::new();
        loop {
            let line = table.line();
            match table.cells() {
                None => return rows,
                Some(Err(problem)) => rows.push(MappedRow { line, text: Err(problem) }),
                Some(Ok(cells)) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
                Some(Ok(cells)) if cells.len() > self.columns => {
                    let message = format!("the row has {} cells, but the header has {}", cells.len(), self.columns);
                    rows.push(MappedRow { line, text: Err(RowProblem::new("", message).at(line)) });
                }
                Some(Ok(cells)) => {
                    let mut text = String::new();
                    for (number, (column, _)) in self.kept.iter().enumerate() {
                        if number > 0 {
                            text.push(',');
                        }
                        quote(&mut text, cells.get(*column).map_or("", |cell| cell.as_ref()));
                    }
                    if let Some(channel) = &self.channel {
                        let _ = write!(text, "{}{channel}", if self.kept.is_empty() { "" } else { "," });
                    }
                    text.push('\n');
                    rows.push(MappedRow { line, text: Ok(text) });
                }
            }
        }
    }
}

fn quote(out: &mut String, cell: &str) {
    if cell.contains([',', '"', '\n', '\r']) {
        let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_guessed_by_name_and_cells() {
        let text = "E-Mail,first_name,Last Name,Customer ID,Country,zip,Orders,Plan,Phone,Id,Backup mail,,tz\n\
                    ada@example.com,Ada,L,u1,DE,10115,3,pro,+4915112345678,,x@example.com,?,Europe/Berlin\n\
                    \n\
                    ben@example.com,Ben,M,u2,FR,75011,4.5,free,,,,,\n";
        let columns = look(text).unwrap();
        assert_eq!(
            columns.guesses,
            [
                "Address",
                "User.UserAttributes.FirstName",
                "User.UserAttributes.LastName",
                "User.UserId",
                "Location.Country",
                "Location.PostalCode",
                "Metrics.Orders",
                "Attributes.Plan",
                "Attributes.Phone",
                "Id",
                "Attributes.Backup mail",
                "",
                "Demographic.Timezone",
            ]
        );
        assert_eq!((columns.rows.len(), columns.rows[1][0].as_str()), (2, "ben@example.com"));
        assert_eq!(channel_of(&["ada@example.com"]), Some("EMAIL"));
        assert_eq!(channel_of(&["+4915112345678"]), Some("SMS"));
        assert_eq!((channel_of(&["x"]), channel_of(&[])), (None, None));
        let own = look("Id,Attributes.Plan,Attributes.Plan\n").unwrap();
        assert_eq!(own.guesses, ["Id", "Attributes.Plan", "Attributes.Plan"]);
        assert!(look("\n \n").is_err());
    }

    #[test]
    fn rows_get_other_columns_and_keep_their_lines() {
        let targets = ["Address", "", "Attributes.Note"].map(str::to_owned);
        let mapping = Mapping::new(&targets, Some("EMAIL")).unwrap();
        assert_eq!(mapping.header(), "Address,Attributes.Note,ChannelType\n");
        let rows = mapping.rows("a@x,drop,\"one, \"\"two\"\"\nthree\"\n\nb@x\nc@x,1,2,3\nd@x,\"open\n", 2);
        let told: Vec<(usize, Result<&str, String>)> =
            rows.iter().map(|row| (row.line, row.text.as_deref().map_err(ToString::to_string))).collect();
        assert_eq!(
            told,
            [
                (2, Ok("a@x,\"one, \"\"two\"\"\nthree\",EMAIL\n")),
                (5, Ok("b@x,,EMAIL\n")),
                (6, Err("line 6: the row has 4 cells, but the header has 3".to_owned())),
                (7, Err("line 7: in cell 2: the double quote that opens here is never closed".to_owned())),
            ]
        );
        for wrong in [vec!["Moon"], vec!["Id", "Id"], vec![""]] {
            let targets: Vec<String> = wrong.iter().map(|target| (*target).to_owned()).collect();
            assert!(Mapping::new(&targets, None).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_member_that_is_offered_is_a_column() {
        for member in members() {
            assert!(is_known(&member), "{member}");
        }
    }
}
