//! Columns with names: attributes, user attributes, metrics.

/// Columns in the order of their first appearance. There are few (segments-and-endpoints.md 1: 250 names), so they are
/// looked through one by one; who writes row after row keeps the place of a name.
#[derive(Clone, Debug)]
pub(crate) struct Named<C> {
    columns: Vec<(String, C)>,
}

impl<C> Default for Named<C> {
    fn default() -> Self {
        Named { columns: Vec::new() }
    }
}

impl<C: Default> Named<C> {
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&C> {
        self.place(name).map(|place| &self.columns[place as usize].1)
    }

    /// Where the column of a name is; it stays there.
    pub(crate) fn place(&self, name: &str) -> Option<u32> {
        self.columns.iter().position(|(known, _)| known == name).map(|place| place as u32)
    }

    /// The column at a place that [`place`](Named::place) answered.
    pub(crate) fn at(&self, place: u32) -> &C {
        &self.columns[place as usize].1
    }

    /// The column of a name, a new one if need be; `place` is where it is, if that is known.
    pub(crate) fn column(&mut self, name: &str, place: Option<u32>) -> &mut C {
        let place = place.or_else(|| self.place(name)).unwrap_or_else(|| {
            self.columns.push((name.to_owned(), C::default()));
            self.columns.len() as u32 - 1
        });
        &mut self.columns[place as usize].1
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &C)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = &C> {
        self.columns.iter().map(|(_, column)| column)
    }

    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut C> {
        self.columns.iter_mut().map(|(_, column)| column)
    }
}
