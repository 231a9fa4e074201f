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

/// Whether a statement doesn't wait for its lock for ever, and answers whether it got it.
pub fn only_tries(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("pg_try_advisory") || lower.contains("get_lock(")
}

/// The lock effect of a statement's text, as PostgreSQL and MySQL document them.
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
        assert!(only_tries("SELECT pg_try_advisory_xact_lock(%s, %s)"));
        assert!(only_tries("SELECT GET_LOCK(%s, 10)"));
        assert!(!only_tries("SELECT pg_advisory_lock(%s)"));
    }
}
