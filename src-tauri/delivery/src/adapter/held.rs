//! A token that is used until it ends.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Mutex;

use crate::{Hidden, Outcome};

/// The token of an adapter, and until when it holds. Who asks while another one is made waits for that one.
#[derive(Default)]
pub struct Held(Mutex<Option<(Hidden, Instant)>>);

impl Held {
    /// The token; where none holds, `make` gives another and how long it lasts. It is told the seconds since 1970.
    pub async fn token<M>(&self, make: impl FnOnce(u64) -> M) -> Result<Hidden, Outcome>
    where
        M: Future<Output = Result<(Hidden, Duration), Outcome>>,
    {
        let mut held = self.0.lock().await;
        if let Some((token, until)) = &*held
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let (token, lasts) = make(now).await?;
        *held = Some((token.clone(), Instant::now() + lasts));
        Ok(token)
    }

    /// The token is not taken any more: the next attempt makes another.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_made_once_until_it_ends_or_is_forgotten() {
        let held = Held::default();
        let ask = async |new: &str, lasts: u64| {
            let made = held.token(async |_| Ok((Hidden::new(new), Duration::from_secs(lasts)))).await;
            made.unwrap().reveal().to_owned()
        };
        assert_eq!(ask("first", 60).await, "first");
        assert_eq!(ask("second", 0).await, "first");
        held.forget().await;
        assert_eq!(ask("third", 0).await, "third");
        assert_eq!(ask("fourth", 60).await, "fourth", "the third ended at once");
    }
}
