//! A virtual clock over the engine: one person, a cohort.
