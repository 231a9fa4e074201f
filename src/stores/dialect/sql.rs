//! What a raw SQL statement does to locks.

/// A lock taken or given up by a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockEffect {
    /// An advisory lock until the end of the transaction, or a whole table locked in it.
    UntilTransaction,
    /// An advisory lock of the session.
    UntilReleased,
    /// A session's advisory lock is given up.
    Released,
}

/// The lock effect of a statement's text, as PostgreSQL and MySQL document them. A lock that is only tried
/// (`pg_try_advisory_lock`) is taken for held: code that asks for it looks at the answer.
pub fn lock_effect(text: &str) -> Option<LockEffect> {
    let lower = text.to_ascii_lowercase();
    if lower.contains("advisory_xact_lock") || lower.trim_start().starts_with("lock table") {
        Some(LockEffect::UntilTransaction)
    } else if lower.contains("pg_advisory_unlock") || lower.contains("release_lock(") {
        Some(LockEffect::Released)
    } else if lower.contains("advisory_lock") || lower.contains("get_lock(") {
        Some(LockEffect::UntilReleased)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_lock() {
        assert_eq!(
            lock_effect("SELECT pg_advisory_xact_lock(%s)"),
            Some(LockEffect::UntilTransaction)
        );
        assert_eq!(
            lock_effect("LOCK TABLE seats IN EXCLUSIVE MODE"),
            Some(LockEffect::UntilTransaction)
        );
        assert_eq!(
            lock_effect("select pg_advisory_unlock(1)"),
            Some(LockEffect::Released)
        );
        assert_eq!(
            lock_effect("SELECT pg_try_advisory_lock(1)"),
            Some(LockEffect::UntilReleased)
        );
        assert_eq!(lock_effect("SELECT 1"), None);
    }
}
