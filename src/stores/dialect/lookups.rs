//! Lookups in keyword names: `stock__gte=3`, `owner__isnull=True`, `event__starts_at__lt=now`.

use crate::stores::vocabulary::Cmp;

/// Endings that name the key of a related row: `event__id`, `event__pk` and `event_id` are the column of `event`.
pub static KEY_SUFFIXES: &[&str] = &["__pk", "__id", "_id", "_pk"];

/// Takes a lookup apart: the path, the comparison, and whether the value says if the column is null.
pub fn parse(name: &str) -> (&str, Cmp, bool) {
    let Some((path, last)) = name.rsplit_once("__") else {
        return (name, Cmp::Eq, false);
    };
    let cmp = match last {
        "exact" | "iexact" => Cmp::Eq,
        "gt" => Cmp::Gt,
        "gte" => Cmp::Ge,
        "lt" => Cmp::Lt,
        "lte" => Cmp::Le,
        "in" => Cmp::In,
        "isnull" => return (path, Cmp::Other, true),
        "contains" | "icontains" | "startswith" | "istartswith" | "endswith" | "iendswith"
        | "range" | "regex" | "iregex" | "date" | "year" | "month" | "day" | "hour"
        | "contained_by" | "overlap" | "has_key" => Cmp::Other,
        // A step through a relation.
        _ => return (name, Cmp::Eq, false),
    };
    (path, cmp, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_lookups_apart() {
        assert_eq!(parse("stock__gte"), ("stock", Cmp::Ge, false));
        assert_eq!(parse("pk"), ("pk", Cmp::Eq, false));
        assert_eq!(
            parse("event__starts_at__lt"),
            ("event__starts_at", Cmp::Lt, false)
        );
        assert_eq!(parse("owner__isnull"), ("owner", Cmp::Other, true));
        assert_eq!(parse("event__owner"), ("event__owner", Cmp::Eq, false));
    }
}
