//! Stories across rooms: service, flow, window, browser, layering.
