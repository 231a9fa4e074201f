//! Python, lowered.
