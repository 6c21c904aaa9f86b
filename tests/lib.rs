//! Stories across rooms: clauses, service, flow, window, browser, layering.
