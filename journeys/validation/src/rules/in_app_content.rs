use model::wire::Layout;
use model::{DocumentId, Path, TemplateKind, View, wire};
use templates::limits::{
    IN_APP_BODY as BODY, IN_APP_BUTTON as BUTTON, IN_APP_CONTENTS as CONTENTS, IN_APP_CUSTOM as PAIRS,
    IN_APP_HEADER as HEADER,
};

use crate::{Document, Findings, places};

rule! {
    /// Checks the sizes of an in-app message, in a campaign or a template: 5 contents, and only one unless the layout is
    /// `CAROUSEL`; 64 characters for a header or a button, 150 for a body; 10 custom pairs.
    ///
    /// **Why it matters.** The service refuses more, and an app could not show it.
    ///
    /// **Bad example.** A banner with two contents.
    ///
    /// ```json
    /// {"templates/inapp/sale": {
    ///   "Layout": "TOP_BANNER",
    ///   "Content": [
    ///     {"HeaderConfig": {"Header": "Sale", "Alignment": "CENTER", "TextColor": "#000000"}},
    ///     {"HeaderConfig": {"Header": "Sale", "Alignment": "CENTER", "TextColor": "#000000"}}
    ///   ]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Shorten texts; show several contents as a carousel.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/inapp/sale": {
    ///   "Layout": "CAROUSEL",
    ///   "Content": [
    ///     {"HeaderConfig": {"Header": "Sale", "Alignment": "CENTER", "TextColor": "#000000"}},
    ///     {"HeaderConfig": {"Header": "Sale", "Alignment": "CENTER", "TextColor": "#000000"}}
    ///   ]
    /// }}
    /// ```
    ///
    /// Source: campaigns.md 11, C023; templates.md 1 and 5; `InAppMessageContent`.
    "in-app-content", Error, "an in-app message is too large", Document
}

fn check(document: &Document, found: &mut Findings) {
    match document.id {
        DocumentId::Template(TemplateKind::InApp, _) => {
            let Some(template) = wire::InAppTemplateRequest::of(document.root) else { return };
            message(document, found, &Path::default(), template.layout(), template.custom_config().len());
        }
        DocumentId::Campaign(_) => {
            for treatment in places::treatments(document) {
                let Some(own) = treatment.messages.and_then(|messages| messages.in_app_message()) else { continue };
                let at = treatment.path.join("MessageConfiguration").join("InAppMessage");
                message(document, found, &at, own.layout(), own.custom_config().len());
            }
        }
        _ => {}
    }
}

fn message(document: &Document, found: &mut Findings, at: &Path, layout: Option<Layout>, pairs: usize) {
    let list = at.join("Content");
    let contents = places::elements::<wire::InAppMessageContent>(document.root, &list);
    if contents.len() > CONTENTS {
        found
            .report(list.clone(), format!("the message has {} contents; {CONTENTS} is the most", contents.len()))
            .help("take some away");
    } else if contents.len() > 1 && layout != Some(Layout::Carousel) {
        let layout = layout.map_or("no layout".to_owned(), |layout| format!("layout `{layout}`"));
        found
            .report(list.clone(), format!("the message has {} contents and {layout}", contents.len()))
            .help("show them as a carousel, or keep one")
            .set("Show them as a carousel", &at.join("Layout"), Layout::Carousel.to_string());
    }
    if pairs > PAIRS {
        found
            .report(at.join("CustomConfig"), format!("the message has {pairs} custom pairs; {PAIRS} is the most"))
            .help("take some away");
    }
    for (i, content) in contents {
        let place = list.join(i);
        let button = |button: Option<wire::InAppMessageButton>| {
            button.and_then(|button| button.default_config()).and_then(|shown| shown.text()).map(str::to_owned)
        };
        let texts = [
            (
                ["HeaderConfig", "Header"].as_slice(),
                content.header_config().and_then(|c| c.header()).map(str::to_owned),
                HEADER,
            ),
            (&["BodyConfig", "Body"], content.body_config().and_then(|c| c.body()).map(str::to_owned), BODY),
            (&["PrimaryBtn", "DefaultConfig", "Text"], button(content.primary_btn()), BUTTON),
            (&["SecondaryBtn", "DefaultConfig", "Text"], button(content.secondary_btn()), BUTTON),
        ];
        for (members, text, most) in texts {
            let count = text.map_or(0, |text| text.chars().count());
            if count > most {
                let at = members.iter().fold(place.clone(), |at, member| at.join(*member));
                found
                    .report(at, format!("`{}` has {count} characters; {most} is the most", members.join(".")))
                    .help("shorten it");
            }
        }
    }
}
