//! Reads one configuration file, key by key, so that every error has its line.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    ConfigError, ConfigFile, Database, FailOn, Globs, Isolation, Options, PerPath, Vocabulary,
    unknown,
};
use crate::rules::{Confidence, Severity};

const KEYS: [&str; 19] = [
    "atomic-requests",
    "database",
    "exclude",
    "extra-queries",
    "fail-on",
    "ignore",
    "include-migrations",
    "include-tests",
    "include-vendored",
    "isolation",
    "min-confidence",
    "min-severity",
    "per-path",
    "preview",
    "reachable",
    "rules",
    "select",
    "statistics-fields",
    "value-fields",
];

/// Reads `path`; `None` if it is a `pyproject.toml` without our table. `shown` names it in errors.
pub(super) fn read(
    path: &Path,
    shown: &Path,
    cwd: &Path,
    vocabulary: &Vocabulary,
) -> Result<Option<ConfigFile>, ConfigError> {
    let text = std::fs::read(path)
        .map_err(|e| e.to_string())
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned()));
    let text = text.map_err(|message| ConfigError {
        path: shown.to_owned(),
        line: None,
        message,
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let pyproject = path.file_name().is_some_and(|n| n == "pyproject.toml");
    if pyproject && !text.contains("lostupdate") {
        return Ok(None);
    }
    let reader = Reader {
        shown,
        text,
        base: path.parent().unwrap_or(cwd),
        vocabulary,
    };
    let parsed = DeTable::parse(text);
    let root = match parsed {
        Ok(root) => root.into_inner(),
        // Somebody else's broken file is not ours to report, unless our table is in it.
        Err(_) if pyproject && !text.contains("tool.lostupdate") => return Ok(None),
        Err(error) => {
            return Err(reader.error(
                error.span().unwrap_or(0..0),
                error.message().trim().to_owned(),
            ));
        }
    };
    let options = if pyproject {
        let ours = root
            .get("tool")
            .and_then(|t| t.get_ref().as_table()?.get("lostupdate"));
        match ours {
            None => return Ok(None),
            Some(ours) => match ours.get_ref().as_table() {
                Some(table) => reader.options(table)?,
                None => return Err(reader.expected(ours, "a table", "tool.lostupdate")),
            },
        }
    } else {
        reader.options(&root)?
    };
    let exclude = Globs::new(reader.base, &options.exclude).map_err(|m| reader.error(0..0, m))?;
    Ok(Some(ConfigFile {
        path: Some(shown.to_owned()),
        base: reader.base.to_owned(),
        options,
        exclude: Some(exclude),
    }))
}

struct Reader<'a> {
    shown: &'a Path,
    text: &'a str,
    base: &'a Path,
    vocabulary: &'a Vocabulary,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn error(&self, span: Range<usize>, message: String) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or("");
        ConfigError {
            path: self.shown.to_owned(),
            line: Some(before.matches('\n').count() + 1),
            message,
        }
    }

    fn expected(&self, value: &Value<'_>, what: &str, key: &str) -> ConfigError {
        let found = value.get_ref().type_str();
        self.error(value.span(), format!("`{key}` must be {what}, not {found}"))
    }

    /// The entries in the order of the file.
    fn entries<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t str, Range<usize>, &'t Value<'i>)> {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(k, v)| (k.get_ref().as_ref(), k.span(), v))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries
    }

    fn options(&self, table: &DeTable<'_>) -> Result<Options, ConfigError> {
        let mut o = Options::default();
        for (key, span, value) in Self::entries(table) {
            match key {
                "select" => o.select = Some(self.selectors(key, value)?),
                "ignore" => o.ignore = Some(self.selectors(key, value)?),
                "reachable" => o.reachable = Some(self.boolean(key, value)?),
                "preview" => o.preview = Some(self.boolean(key, value)?),
                "min-severity" => o.min_severity = Some(self.severity(key, value)?),
                "min-confidence" => {
                    o.min_confidence = Some(self.one_of(
                        key,
                        value,
                        &[
                            ("low", Confidence::Low),
                            ("medium", Confidence::Medium),
                            ("high", Confidence::High),
                        ],
                    )?);
                }
                "fail-on" => {
                    o.fail_on = Some(self.one_of(
                        key,
                        value,
                        &[
                            ("note", FailOn::Note),
                            ("warning", FailOn::Warning),
                            ("error", FailOn::Error),
                            ("never", FailOn::Never),
                        ],
                    )?);
                }
                "exclude" => {
                    o.exclude = self.strings(key, value)?;
                    for glob in &o.exclude {
                        Globs::new(self.base, [glob]).map_err(|m| self.error(value.span(), m))?;
                    }
                }
                "include-tests" => o.include_tests = Some(self.boolean(key, value)?),
                "include-migrations" => o.include_migrations = Some(self.boolean(key, value)?),
                "include-vendored" => o.include_vendored = Some(self.boolean(key, value)?),
                "atomic-requests" => o.atomic_requests = Some(self.boolean(key, value)?),
                "database" => o.database = Some(self.database(key, value)?),
                "isolation" => o.isolation = Some(self.isolation(key, value)?),
                "extra-queries" => {
                    let paths = self.strings(key, value)?;
                    let paths: Vec<PathBuf> = paths.iter().map(|p| self.base.join(p)).collect();
                    if let Some(missing) = paths.iter().find(|p| !p.is_dir()) {
                        return Err(self.error(
                            value.span(),
                            format!("{} is not a folder", missing.display()),
                        ));
                    }
                    o.extra_queries = Some(paths);
                }
                "statistics-fields" => o.statistics_fields = Some(self.strings(key, value)?),
                "value-fields" => o.value_fields = Some(self.strings(key, value)?),
                "per-path" => {
                    for (glob, span, value) in Self::entries(self.table(key, value)?) {
                        o.per_path.push(self.per_path(glob, span, value)?);
                    }
                }
                "rules" => {
                    for (id, span, value) in Self::entries(self.table(key, value)?) {
                        self.vocabulary
                            .check_rule(id)
                            .map_err(|m| self.error(span, m))?;
                        for (key, span, value) in Self::entries(self.table(id, value)?) {
                            match key {
                                "severity" => o
                                    .severities
                                    .push((id.to_owned(), self.severity(key, value)?)),
                                _ => {
                                    return Err(self.error(span, unknown("key", key, ["severity"])));
                                }
                            }
                        }
                    }
                }
                _ => return Err(self.error(span, unknown("key", key, KEYS))),
            }
        }
        Ok(o)
    }

    fn per_path(
        &self,
        glob: &str,
        span: Range<usize>,
        value: &Value<'_>,
    ) -> Result<PerPath, ConfigError> {
        let matcher = Globs::new(self.base, [&glob.to_owned()]).map_err(|m| self.error(span, m))?;
        let mut entry = PerPath {
            glob: glob.to_owned(),
            matcher,
            select: None,
            ignore: Vec::new(),
            severity: None,
        };
        for (key, span, value) in Self::entries(self.table(glob, value)?) {
            match key {
                "select" => entry.select = Some(self.selectors(key, value)?),
                "ignore" => entry.ignore = self.selectors(key, value)?,
                "severity" => entry.severity = Some(self.severity(key, value)?),
                _ => {
                    return Err(
                        self.error(span, unknown("key", key, ["ignore", "select", "severity"]))
                    );
                }
            }
        }
        Ok(entry)
    }

    fn table<'v, 'i>(
        &self,
        key: &str,
        value: &'v Value<'i>,
    ) -> Result<&'v DeTable<'i>, ConfigError> {
        value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.expected(value, "a table", key))
    }

    fn boolean(&self, key: &str, value: &Value<'_>) -> Result<bool, ConfigError> {
        value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected(value, "true or false", key))
    }

    /// A list of strings; a single string is a list of one.
    fn strings(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>, ConfigError> {
        if let Some(one) = value.get_ref().as_str() {
            return Ok(vec![one.to_owned()]);
        }
        let array = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.expected(value, "a list of strings", key))?;
        array
            .iter()
            .map(|v| match v.get_ref().as_str() {
                Some(s) => Ok(s.to_owned()),
                None => Err(self.expected(v, "a list of strings", key)),
            })
            .collect()
    }

    fn selectors(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>, ConfigError> {
        let names = self.strings(key, value)?;
        for (i, name) in names.iter().enumerate() {
            self.vocabulary.check_selector(name).map_err(|m| {
                let span = value
                    .get_ref()
                    .as_array()
                    .and_then(|a| a.get(i))
                    .map_or(value.span(), Spanned::span);
                self.error(span, m)
            })?;
        }
        Ok(names)
    }

    fn one_of<T: Copy>(
        &self,
        key: &str,
        value: &Value<'_>,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.expected(value, "a string", key))?;
        let found = choices
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let names = choices.iter().map(|(name, _)| *name);
            self.error(
                value.span(),
                unknown(&format!("value of `{key}`:"), text, names),
            )
        })
    }

    fn severity(&self, key: &str, value: &Value<'_>) -> Result<Severity, ConfigError> {
        let choices = [
            ("note", Severity::Note),
            ("warning", Severity::Warning),
            ("error", Severity::Error),
        ];
        self.one_of(key, value, &choices)
    }

    fn database(&self, key: &str, value: &Value<'_>) -> Result<Database, ConfigError> {
        let choices = [
            ("postgresql", Database::Postgresql),
            ("mysql", Database::Mysql),
            ("mariadb", Database::Mariadb),
            ("sqlite", Database::Sqlite),
            ("oracle", Database::Oracle),
            ("sqlserver", Database::Sqlserver),
        ];
        self.one_of(key, value, &choices)
    }

    fn isolation(&self, key: &str, value: &Value<'_>) -> Result<Isolation, ConfigError> {
        let choices = [
            ("read-uncommitted", Isolation::ReadUncommitted),
            ("read-committed", Isolation::ReadCommitted),
            ("repeatable-read", Isolation::RepeatableRead),
            ("snapshot", Isolation::Snapshot),
            ("serializable", Isolation::Serializable),
        ];
        self.one_of(key, value, &choices)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::vocabulary;
    use super::*;

    fn parse(name: &str, text: &str) -> Result<Option<ConfigFile>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        read(&path, Path::new(name), dir.path(), &vocabulary()).map_err(|e| e.to_string())
    }

    #[test]
    fn all_keys() {
        let text = r#"
            select = ["lost-update", "dynamodb"]
            ignore = "check-then-act"
            preview = true
            min-severity = "warning"
            min-confidence = "low"
            fail-on = "never"
            exclude = ["gen/**"]
            include-tests = true
            include-migrations = false
            include-vendored = true
            atomic-requests = true
            database = "postgresql"
            isolation = "repeatable-read"
            extra-queries = []
            statistics-fields = ["views"]
            value-fields = ["stock"]
            [rules.lost-update]
            severity = "error"
            [per-path."legacy/**"]
            ignore = ["lost-update"]
            severity = "note"
        "#;
        let o = parse("lostupdate.toml", text).unwrap().unwrap().options;
        assert_eq!(o.select.unwrap().len(), 2);
        assert_eq!(o.fail_on, Some(FailOn::Never));
        assert_eq!(o.isolation, Some(Isolation::RepeatableRead));
        assert_eq!(o.severities, [("lost-update".to_owned(), Severity::Error)]);
        assert_eq!(o.per_path[0].severity, Some(Severity::Note));
    }

    #[test]
    fn errors_name_the_place_and_the_nearest() {
        let err = |name: &str, text: &str| parse(name, text).unwrap_err();
        assert_eq!(
            err("lostupdate.toml", "\nselct = []"),
            "lostupdate.toml:2: unknown key `selct`; did you mean `select`?"
        );
        assert_eq!(
            err(
                "lostupdate.toml",
                "select = [\n  'lost-update',\n  'lost-updat',\n]"
            ),
            "lostupdate.toml:3: unknown rule, store or pack `lost-updat`; did you mean `lost-update`?"
        );
        assert_eq!(
            err(
                "pyproject.toml",
                "[tool.lostupdate.rules.lost-updates]\nseverity = 'error'"
            ),
            "pyproject.toml:1: unknown rule `lost-updates`; did you mean `lost-update`?"
        );
        assert_eq!(
            err("lostupdate.toml", "fail-on = 'warnings'"),
            "lostupdate.toml:1: unknown value of `fail-on`: `warnings`; did you mean `warning`?"
        );
        assert_eq!(
            err("lostupdate.toml", "preview = 1"),
            "lostupdate.toml:1: `preview` must be true or false, not integer"
        );
        assert!(err("lostupdate.toml", "\n\npreview = ").starts_with("lostupdate.toml:3: "));
        assert!(err("lostupdate.toml", "exclude = ['a[']").contains("invalid glob `a[`"));
        assert!(err("lostupdate.toml", "[per-path.x]\nfoo = 1").contains(":2: unknown key `foo`"));
    }

    #[test]
    fn pyproject_of_others() {
        assert!(
            parse("pyproject.toml", "[tool.black]\nx = 1")
                .unwrap()
                .is_none()
        );
        assert!(
            parse("pyproject.toml", "this is = = broken")
                .unwrap()
                .is_none()
        );
        assert!(
            parse("pyproject.toml", "[project]\ndependencies = ['lostupdate']")
                .unwrap()
                .is_none()
        );
    }
}
