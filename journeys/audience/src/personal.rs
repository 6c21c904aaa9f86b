//! Which members of an endpoint tell who somebody is.
//!
//! Pinpoint marks nothing: this is our judgement, by the names that people give to attributes. Whoever shares people sees
//! the list first and may mark more, or fewer.

/// Members that always do: what reaches a person, and what names them.
pub const ALWAYS: [&str; 3] = ["Id", "Address", "User.UserId"];

/// Words of a name that make it personal.
const WORDS: &[&str] = &[
    "address",
    "birth",
    "birthday",
    "birthdate",
    "cell",
    "dob",
    "email",
    "fax",
    "iban",
    "mail",
    "mobile",
    "nickname",
    "passport",
    "phone",
    "postal",
    "postcode",
    "ssn",
    "street",
    "surname",
    "tax",
    "tel",
    "telephone",
    "username",
    "zip",
];
/// Words before "name" that make it that of a person; "name" alone does too.
const NAMES: &[&str] = &[
    "contact", "customer", "display", "family", "first", "full", "given", "last", "maiden", "middle", "nick", "person",
    "sur", "user",
];

/// Whether a dotted path, as endpoints have it, is personal by its name: `Address`, `User.UserAttributes.FirstName`,
/// `Attributes.email_address`. Members of the device and of the place are not; postal code and coordinates are.
pub fn is_personal(path: &str) -> bool {
    if ALWAYS.contains(&path) {
        return true;
    }
    let custom = ["Attributes.", "User.UserAttributes.", "Metrics."].iter().find_map(|kind| path.strip_prefix(kind));
    let Some(name) = custom else {
        return matches!(path, "Location.PostalCode" | "Location.Latitude" | "Location.Longitude");
    };
    let words = words(name);
    let whole: String = words.concat();
    let names = |at: usize| at == 0 || NAMES.contains(&words[at - 1].as_str());
    let one = words.iter().enumerate().any(|(at, word)| match word.as_str() {
        "name" => names(at),
        word => WORDS.contains(&word),
    });
    one || WORDS.contains(&whole.as_str()) || whole.strip_suffix("name").is_some_and(|before| NAMES.contains(&before))
}

/// The words of a name in small letters: `FirstName`, `first_name` and `first name` are "first", "name".
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let breaks = !letter.is_alphanumeric() || (letter.is_uppercase() && before.is_lowercase());
        if breaks && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_attributes_tell() {
        let personal = [
            "Id",
            "Address",
            "User.UserId",
            "User.UserAttributes.FirstName",
            "User.UserAttributes.last_name",
            "Attributes.Name",
            "Attributes.surname",
            "Attributes.firstname",
            "Attributes.EmailAddress",
            "Attributes.home phone",
            "Attributes.DateOfBirth",
            "Attributes.ZIP",
            "Location.PostalCode",
        ];
        let open = [
            "ChannelType",
            "Location.Country",
            "Location.City",
            "Demographic.Model",
            "Attributes.Plan",
            "Attributes.PlanName",
            "Attributes.LastOrder",
            "Metrics.EmailsOpened",
            "Attributes.Newsletter",
            "Attributes.Hotel",
            "Attributes.",
        ];
        assert_eq!(personal.into_iter().filter(|path| !is_personal(path)).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(open.into_iter().filter(|path| is_personal(path)).collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
