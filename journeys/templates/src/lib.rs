//! Handlebars with Pinpoint's variables and helpers: list the variables, render for one endpoint, count SMS parts.
//!
//! Takes a template document and a view of an endpoint; gives the texts that the endpoint receives. The handlebars library
//! reads what stands in braces; templates are rendered here, straight from the endpoint, because Pinpoint's rules about
//! lists, missing values and escaping are its own, and because a template must not be able to hang or to fill the memory.
//! Never reads a clock or makes up chance: `now` and the seed are parameters.
//!
//! - [`Template`]: compile once, [`render`](Template::render) for many, or ask with [`check`](Template::check) whether a
//!   message can be made and sent, mostly without making it.
//! - [`View`]: what an endpoint is read through; `&serde_json::Value` is one, and a store gives its own.
//! - [`limits`]: how large templates and messages may be.
//! - [`marks`]: what the pieces of a text are, for an editor.
//! - [`expand`]: partials that templates share, put into the source of a part.
//! - [`plain_text`]: the text part of a mail, made from its HTML part; [`tag_length`]: where a tag of it ends.
//! - [`preheader`], [`with_preheader`]: the words beside the subject, in the page that holds them.
//! - [`rename_variable`]: another variable in the place of one.
//! - [`ssml_problems`]: what is wrong with the markup of a voice message.
//! - [`sms_parts`]: how many text messages a text is; [`push_payload`]: what a push service is sent.

mod dates;
mod decimal;
mod expression;
mod helpers;
mod layers;
pub mod limits;
mod marks;
mod outline;
mod output;
mod parse;
mod partials;
mod payload;
mod plain;
mod preheader;
mod rename;
mod render;
mod sms;
mod ssml;
mod tags;
mod template;
mod tree;
mod value;
mod view;

pub use helpers::helper_names;
pub use limits::OverLimit;
pub use marks::{Mark, marks};
pub use partials::{Expanded, PartialError, expand, line_and_column};
pub use payload::push_payload;
pub use plain::{plain_text, tag_length};
pub use preheader::{mjml_preheader, preheader, with_mjml_preheader, with_preheader};
pub use rename::rename_variable;
pub use render::RenderError;
pub use sms::{Encoding, SmsParts, sms_parts};
pub use ssml::{SsmlProblem, SsmlWrong, ssml_problems};
pub use template::{Rendered, Rendering, Substitutions, Template, TemplateError, Unsendable, Variable, push_service};
pub use view::{Datum, View};
