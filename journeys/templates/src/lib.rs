//! Handlebars with Pinpoint's variables and helpers.
