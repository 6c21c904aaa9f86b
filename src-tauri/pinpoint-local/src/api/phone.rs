//! `PhoneNumberValidate` (api.md 8): what the numbering plans say about a number. Nobody is asked, so carrier, city and
//! postal code stay out.

use audience::zones::{self, Method};
use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Mode, country};
use serde_json::{Map, Value};

use crate::api::{Answer, Call, Context, Handler};
use crate::refusal::Result;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("PhoneNumberValidate", validate)];

/// Characters of a number, its marks included.
const LONGEST: usize = 40;

fn validate(_: &Context<'_>, call: &Call) -> Result<Answer> {
    let text = |member: &str| call.body.get(member).and_then(Value::as_str).unwrap_or_default().trim();
    let (given, country) = (text("PhoneNumber"), text("IsoCountryCode"));
    if given.is_empty() {
        return call.refuse("PhoneNumber", "required, but missing");
    }
    let mut answer = Map::new();
    answer.insert("OriginalPhoneNumber".into(), given.into());
    let mut country_id: Option<country::Id> = None;
    if !country.is_empty() {
        country_id = country.to_ascii_uppercase().parse().ok();
        // The plan of a country is looked up without a question whether there is one.
        if country_id.is_none_or(|id| DATABASE.by_id(id.as_ref()).is_none()) {
            return call.refuse("IsoCountryCode", &format!("`{country}` is no ISO 3166-1 code of two letters"));
        }
        answer.insert("OriginalCountryCodeIso2".into(), country.to_ascii_uppercase().into());
    }
    let number = read(country_id, given);
    let (name, code) = number.as_ref().map_or(("INVALID", 3), |number| number.kind);
    answer.insert("PhoneType".into(), name.into());
    answer.insert("PhoneTypeCode".into(), code.into());
    if let Some(Number { e164, code, national, country, .. }) = number {
        let zone = zones::estimate(&[Method::PhoneNumber], Some(&e164), None, None);
        answer.insert("CleansedPhoneNumberE164".into(), e164.into());
        answer.insert("CleansedPhoneNumberNational".into(), national.into());
        answer.insert("CountryCodeIso2".into(), country.into());
        answer.insert("CountryCodeNumeric".into(), code.to_string().into());
        if let Some(zone) = zone {
            answer.insert("Timezone".into(), zone.into());
        }
    }
    Ok(call.answer(Value::Object(answer)))
}

/// A number that somebody can have.
struct Number {
    e164: String,
    /// Calling code of the country.
    code: u16,
    /// What follows it, with zeros in front where they belong to the number.
    national: String,
    /// Two letters.
    country: String,
    /// `PhoneType` and `PhoneTypeCode`
    kind: (&'static str, i64),
}

/// The country of a number in E.164 form, two letters; `None` = nobody can have the number.
pub fn country(number: &str) -> Option<String> {
    read(None, number).map(|number| number.country)
}

fn read(country: Option<country::Id>, given: &str) -> Option<Number> {
    let usual = given.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'));
    let digits = given.bytes().filter(u8::is_ascii_digit).count();
    if !usual || given.len() > LONGEST || digits < 3 {
        return None;
    }
    let number = phonenumber::parse(country, given).ok()?;
    let e164 = number.format().mode(Mode::E164).to_string();
    let code = number.code().value();
    let national = e164.strip_prefix(&format!("+{code}"))?.to_owned();
    // Several countries share a calling code. (`PhoneNumber::number_type` forgets zeros in front, as Italy has them.)
    let plans = DATABASE.by_code(&code)?;
    let (plan, kind) = plans.into_iter().find_map(|plan| Some((plan, kind(plan, &national)?)))?;
    Some(Number { e164, code, national, country: plan.id().to_owned(), kind })
}

/// What a plan says about a number; `None` = it is none of its numbers. Where a plan does not tell mobile numbers from others
/// they count as mobile: somebody who asks wants to send.
fn kind(plan: &Metadata, national: &str) -> Option<(&'static str, i64)> {
    let all = plan.descriptors();
    let is = |kinds: &[Option<&Descriptor>]| kinds.iter().flatten().any(|kind| kind.is_match(national));
    let elsewhere = plan.leading_digits().is_some_and(|digits| digits.find(national).is_none_or(|at| at.start() > 0));
    if elsewhere || !all.general().is_match(national) {
        return None;
    }
    let special = [
        all.premium_rate(),
        all.toll_free(),
        all.shared_cost(),
        all.personal_number(),
        all.pager(),
        all.uan(),
        all.voicemail(),
    ];
    Some(match () {
        () if is(&special) => ("OTHER", 4),
        () if is(&[all.voip()]) => ("VOIP", 2),
        () if is(&[all.mobile()]) => ("MOBILE", 0),
        () if is(&[all.fixed_line()]) => ("LANDLINE", 1),
        () => return None,
    })
}
