//! Handlebars with Pinpoint's variables and helpers: list the variables, render for one endpoint, count SMS parts.
//!
//! Takes a template document and an endpoint as JSON; gives the texts that the endpoint receives. The handlebars library
//! reads the templates; they are rendered here, straight from the endpoint, because Pinpoint's rules about lists, missing
//! values and escaping are its own, and because a template must not be able to hang or to fill the memory. Never reads a
//! clock or makes up chance: `now` and the seed are parameters.
//!
//! - [`Template`]: compile once, [`render`](Template::render) for many.
//! - [`sms_parts`]: how many text messages a text is.

mod dates;
mod decimal;
mod helpers;
mod parse;
mod render;
mod sms;
mod template;
mod value;

pub use render::RenderError;
pub use sms::{Encoding, SmsParts, sms_parts};
pub use template::{Rendered, Rendering, Substitutions, Template, TemplateError, Variable};
