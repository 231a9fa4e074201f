//! Go, lowered.
