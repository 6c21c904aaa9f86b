//! Layered layout, edge lanes, viewport, hit test and culling.
