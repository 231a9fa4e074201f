//! From files to findings.
