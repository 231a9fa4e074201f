//! Configuration: where it is found, how it is read, what wins.
//!
//! A file is `lostupdate.toml`, `.lostupdate.toml` or `pyproject.toml` with a `[tool.lostupdate]` table. The nearest
//! one upward from a path holds for it; the search stops at the folder that holds `.git`. The command line wins over
//! the file, key by key; only excludes add up.

mod parse;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use serde::Serialize;

use crate::report::Finding;
use crate::rules::{Confidence, RuleMeta, Severity};

/// The names of files that are configuration as a whole.
pub const FILE_NAMES: [&str; 2] = ["lostupdate.toml", ".lostupdate.toml"];

/// From which severity on the exit code is 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Any finding.
    Note,
    /// Warnings and errors.
    Warning,
    /// Errors only.
    Error,
    /// Never.
    Never,
}

impl FailOn {
    /// Whether a finding of `severity` makes the run fail.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Note => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
            Self::Never => false,
        }
    }
}

/// The database behind an ORM, where settings can't be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Database {
    /// PostgreSQL.
    Postgresql,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// SQLite.
    Sqlite,
    /// Oracle.
    Oracle,
    /// Microsoft SQL Server.
    Sqlserver,
}

/// The isolation level of its transactions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// `READ UNCOMMITTED`.
    ReadUncommitted,
    /// `READ COMMITTED`.
    ReadCommitted,
    /// `REPEATABLE READ`.
    RepeatableRead,
    /// `SNAPSHOT`.
    Snapshot,
    /// `SERIALIZABLE`.
    Serializable,
}

/// What holds for the files of one glob.
#[derive(Clone, Debug)]
pub struct PerPath {
    /// The glob as written.
    pub glob: String,
    /// The same, compiled; relative to the folder of the configuration.
    pub matcher: Globs,
    /// Only these.
    pub select: Option<Vec<String>>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Instead of the computed severity.
    pub severity: Option<Severity>,
}

/// One layer of settings: the command line's or a file's. `None` means "not said".
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these rules, stores and packs.
    pub select: Option<Vec<String>>,
    /// Not these.
    pub ignore: Option<Vec<String>>,
    /// Preview rules too.
    pub preview: Option<bool>,
    /// The least severity reported.
    pub min_severity: Option<Severity>,
    /// The least confidence reported.
    pub min_confidence: Option<Confidence>,
    /// From which severity on the exit code is 1.
    pub fail_on: Option<FailOn>,
    /// Only findings that something reaches which may run twice at once.
    pub reachable: Option<bool>,
    /// Globs of files to leave out.
    pub exclude: Vec<String>,
    /// Scan tests.
    pub include_tests: Option<bool>,
    /// Scan migrations.
    pub include_migrations: Option<bool>,
    /// Scan vendored code.
    pub include_vendored: Option<bool>,
    /// What holds for some paths, in the order of the file; later ones win.
    pub per_path: Vec<PerPath>,
    /// Severities by rule id.
    pub severities: Vec<(String, Severity)>,
    /// Django's `ATOMIC_REQUESTS`.
    pub atomic_requests: Option<bool>,
    /// The database.
    pub database: Option<Database>,
    /// Its isolation level.
    pub isolation: Option<Isolation>,
    /// Folders with query packs.
    pub extra_queries: Option<Vec<PathBuf>>,
    /// Names of fields whose lost updates matter little, instead of the built-in list.
    pub statistics_fields: Option<Vec<String>>,
    /// Names of fields that hold money, stock or permission, instead of the built-in list.
    pub value_fields: Option<Vec<String>>,
}

impl Options {
    /// These options where they say something, `below` elsewhere. Excludes are kept apart: each has its own base.
    pub fn over(&self, below: &Self) -> Self {
        macro_rules! pick {
            ($($field:ident),*) => {
                Self {
                    $($field: self.$field.clone().or_else(|| below.$field.clone()),)*
                    exclude: below.exclude.clone(),
                    per_path: below.per_path.clone(),
                    severities: below.severities.clone(),
                }
            };
        }
        pick!(
            select,
            ignore,
            preview,
            min_severity,
            min_confidence,
            fail_on,
            reachable,
            include_tests,
            include_migrations,
            include_vendored,
            atomic_requests,
            database,
            isolation,
            extra_queries,
            statistics_fields,
            value_fields
        )
    }

    /// The least severity reported, by default every one.
    pub fn min_severity(&self) -> Severity {
        self.min_severity.unwrap_or(Severity::Note)
    }

    /// The least confidence reported, by default medium.
    pub fn min_confidence(&self) -> Confidence {
        self.min_confidence.unwrap_or(Confidence::Medium)
    }

    /// From which severity on the exit code is 1, by default warning.
    pub fn fail_on(&self) -> FailOn {
        self.fail_on.unwrap_or(FailOn::Warning)
    }

    /// Whether findings like this one are wanted, by `select`, `ignore`, `preview` and `[per-path]`.
    pub fn selects(&self, rule: &RuleMeta, store: &str, pack: &str, path: &Path) -> bool {
        let named = |list: &[String]| list.iter().any(|s| s == rule.id || s == store || s == pack);
        let by_id = |list: &[String]| list.iter().any(|s| s == rule.id);
        if let Some(select) = &self.select
            && !named(select)
        {
            return false;
        }
        let chosen = self.select.as_deref().is_some_and(by_id);
        if rule.preview && !chosen && self.preview != Some(true) {
            return false;
        }
        if let Some(ignore) = &self.ignore
            && named(ignore)
            && (!chosen || by_id(ignore))
        {
            return false;
        }
        self.per_path
            .iter()
            .filter(|p| p.matcher.matches(path, false))
            .all(|p| !named(&p.ignore) && p.select.as_deref().is_none_or(named))
    }

    /// Whether a preview rule may be wanted somewhere.
    pub fn previews(&self) -> bool {
        let chosen = |id: &String| crate::rules::by_id(id).is_some_and(|rule| rule.preview);
        self.preview == Some(true) || self.select.iter().flatten().any(chosen)
    }

    /// Whether a finding is wanted.
    pub fn wants(&self, finding: &Finding, path: &Path) -> bool {
        self.selects(finding.rule, &finding.store, &finding.pack, path)
    }

    /// The severity to report: `[per-path]` over `[rules.<id>]` over the computed one.
    pub fn severity(&self, rule: &RuleMeta, computed: Severity, path: &Path) -> Severity {
        let by_path = self
            .per_path
            .iter()
            .rev()
            .filter(|p| p.severity.is_some() && p.matcher.matches(path, false))
            .find_map(|p| p.severity);
        let by_rule = self
            .severities
            .iter()
            .find(|(id, _)| id == rule.id)
            .map(|(_, s)| *s);
        by_path.or(by_rule).unwrap_or(computed)
    }
}

/// Globs in the manner of gitignore, relative to a folder.
#[derive(Clone)]
pub struct Globs {
    base: PathBuf,
    globs: ignore::gitignore::Gitignore,
}

impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Globs({} under {})",
            self.globs.num_ignores(),
            self.base.display()
        )
    }
}

impl Globs {
    /// Compiles `globs`, which hold under `base` (absolute); the error names the glob.
    pub fn new<'a>(
        base: &Path,
        globs: impl IntoIterator<Item = &'a String>,
    ) -> Result<Self, String> {
        let mut builder = ignore::gitignore::GitignoreBuilder::new("");
        for glob in globs {
            let plain = glob.strip_prefix("./").unwrap_or(glob);
            // The crate takes unbalanced brackets literally in places; ours are errors.
            globset::Glob::new(plain.trim_matches('/'))
                .map_err(|e| format!("invalid glob `{glob}`: {}", e.kind()))?;
            // A leading `#` or `!` has a meaning in ignore files that it can't have here.
            let line = match plain.as_bytes().first() {
                Some(b'#' | b'!') => format!("\\{plain}"),
                _ => plain.to_owned(),
            };
            builder
                .add_line(None, &line)
                .map_err(|e| format!("invalid glob `{glob}`: {e}"))?;
        }
        Ok(Self {
            base: base.to_owned(),
            globs: builder.build().map_err(|e| e.to_string())?,
        })
    }

    /// Whether `path` (absolute) or a folder above it within the base matches.
    pub fn matches(&self, path: &Path, is_dir: bool) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        match path.strip_prefix(&self.base) {
            Ok(relative) if !relative.as_os_str().is_empty() => self
                .globs
                .matched_path_or_any_parents(relative, is_dir)
                .is_ignore(),
            _ => false,
        }
    }
}

/// A configuration that can't be used, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong, and what may have been meant.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// One configuration file.
#[derive(Debug, Default)]
pub struct ConfigFile {
    /// The file; none for the defaults.
    pub path: Option<PathBuf>,
    /// The folder its paths and globs are relative to.
    pub base: PathBuf,
    /// What it says.
    pub options: Options,
    /// Its excludes, compiled.
    pub exclude: Option<Globs>,
}

/// The names that `select`, `ignore` and suppressions may use.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The rules.
    pub rules: &'static [&'static RuleMeta],
    /// Stores and packs; read out of the packs only when somebody names one.
    pub groups: Arc<LazyLock<Vec<String>>>,
}

impl Vocabulary {
    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&'static RuleMeta> {
        self.rules.iter().copied().find(|r| r.id == id)
    }

    /// Checks a rule id; the error names the nearest one.
    pub fn check_rule(&self, id: &str) -> Result<(), String> {
        if self.rule(id).is_some() {
            return Ok(());
        }
        Err(unknown("rule", id, self.rules.iter().map(|r| r.id)))
    }

    /// Checks a name that may also be a store or pack.
    pub fn check_selector(&self, name: &str) -> Result<(), String> {
        if self.rule(name).is_some() || self.groups.iter().any(|g| g == name) {
            return Ok(());
        }
        let all = self
            .rules
            .iter()
            .map(|r| r.id)
            .chain(self.groups.iter().map(String::as_str));
        Err(unknown("rule, store or pack", name, all))
    }
}

/// `unknown <what> `<name>`; did you mean `<nearest>`?`, or a list when nothing is near.
pub fn unknown<'a>(what: &str, name: &str, valid: impl IntoIterator<Item = &'a str>) -> String {
    let valid: Vec<&str> = valid.into_iter().collect();
    let nearest = valid
        .iter()
        .map(|v| {
            (
                strsim::normalized_damerau_levenshtein(&name.to_lowercase(), v),
                *v,
            )
        })
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    match nearest {
        Some((_, nearest)) => format!("unknown {what} `{name}`; did you mean `{nearest}`?"),
        None if valid.is_empty() => format!("unknown {what} `{name}`"),
        None => format!("unknown {what} `{name}`; known are: {}", valid.join(", ")),
    }
}

/// Where configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The nearest file upward from each path.
    #[default]
    Nearest,
    /// This file, for all paths.
    File(PathBuf),
    /// No file.
    Isolated,
}

/// Finds the configuration of a folder, and remembers it.
#[derive(Debug)]
pub struct Resolver {
    source: Source,
    fixed: Option<Arc<ConfigFile>>,
    vocabulary: Vocabulary,
    by_folder: Mutex<HashMap<PathBuf, Arc<ConfigFile>>>,
    defaults: Arc<ConfigFile>,
}

impl Resolver {
    /// A resolver; reads the file at once where one is named.
    pub fn new(source: Source, cwd: &Path, vocabulary: Vocabulary) -> Result<Self, ConfigError> {
        let fixed = match &source {
            Source::File(path) => {
                let absolute = cwd.join(path);
                let file = parse::read(&absolute, path, cwd, &vocabulary)?;
                Some(Arc::new(file.ok_or_else(|| ConfigError {
                    path: path.clone(),
                    line: None,
                    message: "has no [tool.lostupdate] table".to_owned(),
                })?))
            }
            _ => None,
        };
        Ok(Self {
            source,
            fixed,
            vocabulary,
            by_folder: Mutex::default(),
            defaults: Arc::default(),
        })
    }

    /// The configuration that holds for files in `folder` (absolute).
    pub fn for_folder(&self, folder: &Path) -> Result<Arc<ConfigFile>, ConfigError> {
        if let Some(fixed) = &self.fixed {
            return Ok(Arc::clone(fixed));
        }
        if self.source == Source::Isolated {
            return Ok(Arc::clone(&self.defaults));
        }
        let mut known = match self.by_folder.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        let mut passed = Vec::new();
        let mut found = None;
        for ancestor in folder.ancestors() {
            if let Some(file) = known.get(ancestor) {
                found = Some(Arc::clone(file));
                break;
            }
            passed.push(ancestor);
            if let Some(file) = self.in_folder(ancestor)? {
                found = Some(Arc::new(file));
                break;
            }
            if ancestor.join(".git").exists() {
                break;
            }
        }
        let file = found.unwrap_or_else(|| Arc::clone(&self.defaults));
        for folder in passed {
            known.insert(folder.to_owned(), Arc::clone(&file));
        }
        Ok(file)
    }

    /// Whether `name` in a folder may be a configuration (for a project's root).
    pub fn is_config(folder: &Path) -> bool {
        FILE_NAMES.iter().any(|name| folder.join(name).is_file())
    }

    fn in_folder(&self, folder: &Path) -> Result<Option<ConfigFile>, ConfigError> {
        for name in FILE_NAMES.iter().copied().chain(["pyproject.toml"]) {
            let path = folder.join(name);
            if path.is_file()
                && let Some(file) = parse::read(&path, &path, folder, &self.vocabulary)?
            {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) static LOST: RuleMeta = meta("lost-update", false);
    pub(crate) static CHECK: RuleMeta = meta("check-then-act", false);
    pub(crate) static PREVIEW: RuleMeta = meta("write-skew", true);
    pub(crate) static UNUSED: RuleMeta = meta("unused-suppression", false);
    pub(crate) static ALL: [&RuleMeta; 4] = [&CHECK, &LOST, &UNUSED, &PREVIEW];

    pub(crate) const fn meta(id: &'static str, preview: bool) -> RuleMeta {
        RuleMeta {
            id,
            name: id,
            summary: "",
            severity: Severity::Warning,
            cwe: &[362],
            owasp: &[],
            security_severity: "5.0",
            precision: "high",
            preview,
            docs: "",
        }
    }

    pub(crate) fn vocabulary() -> Vocabulary {
        Vocabulary {
            rules: &ALL,
            groups: Arc::new(LazyLock::new(|| {
                ["dynamodb", "relational", "django"]
                    .map(str::to_owned)
                    .into()
            })),
        }
    }

    fn resolver() -> Resolver {
        Resolver::new(Source::Nearest, Path::new("/"), vocabulary()).unwrap()
    }

    #[test]
    fn nearest_file_wins_and_the_repository_bounds_the_search() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::create_dir_all(root.join("repo/.git")).unwrap();
        std::fs::create_dir_all(root.join("repo/a/b")).unwrap();
        std::fs::write(root.join("lostupdate.toml"), "min-severity = \"error\"").unwrap();
        std::fs::write(
            root.join("repo/a/pyproject.toml"),
            "[tool.lostupdate]\npreview = true",
        )
        .unwrap();
        let r = resolver();
        assert_eq!(
            r.for_folder(root).unwrap().options.min_severity,
            Some(Severity::Error)
        );
        assert_eq!(r.for_folder(&root.join("repo")).unwrap().path, None);
        assert_eq!(
            r.for_folder(&root.join("repo/a/b"))
                .unwrap()
                .options
                .preview,
            Some(true)
        );
        std::fs::write(root.join("repo/a/b/.lostupdate.toml"), "preview = false").unwrap();
        // A pyproject.toml of others is passed by.
        std::fs::create_dir_all(root.join("repo/a/b/c")).unwrap();
        std::fs::write(root.join("repo/a/b/c/pyproject.toml"), "[tool.black]\n").unwrap();
        let file = resolver().for_folder(&root.join("repo/a/b/c")).unwrap();
        assert_eq!(file.options.preview, Some(false));
        assert_eq!(file.base, root.join("repo/a/b"));
    }

    #[test]
    fn selection() {
        let path = Path::new("/p/legacy/a.py");
        let sel = |o: &Options, r: &RuleMeta| o.selects(r, "relational", "django", path);
        let none = Options::default();
        assert!(sel(&none, &LOST) && !sel(&none, &PREVIEW));
        let list = |names: &[&str]| Some(names.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let o = Options {
            select: list(&["write-skew"]),
            ..Options::default()
        };
        assert!(sel(&o, &PREVIEW) && !sel(&o, &LOST));
        let o = Options {
            select: list(&["django"]),
            ignore: list(&["lost-update"]),
            ..Options::default()
        };
        assert!(sel(&o, &CHECK) && !sel(&o, &LOST) && !sel(&o, &PREVIEW));
        let o = Options {
            ignore: list(&["relational"]),
            ..Options::default()
        };
        assert!(!sel(&o, &CHECK) && o.selects(&CHECK, "dynamodb", "dynamodb", path));
        let o = Options {
            per_path: vec![PerPath {
                glob: "legacy".into(),
                matcher: Globs::new(Path::new("/p"), &["legacy".to_owned()]).unwrap(),
                select: None,
                ignore: vec!["lost-update".into()],
                severity: Some(Severity::Note),
            }],
            severities: vec![("check-then-act".into(), Severity::Error)],
            ..Options::default()
        };
        assert!(!sel(&o, &LOST) && sel(&o, &CHECK));
        assert_eq!(o.severity(&CHECK, Severity::Warning, path), Severity::Note);
        let elsewhere = Path::new("/p/b.py");
        assert_eq!(
            o.severity(&CHECK, Severity::Warning, elsewhere),
            Severity::Error
        );
    }

    #[test]
    fn globs_are_relative_to_their_base() {
        let globs = |g: &str| Globs::new(Path::new("/p"), &[g.to_owned()]).unwrap();
        assert!(globs("build").matches(Path::new("/p/x/build/a.py"), false));
        assert!(globs("x/*.py").matches(Path::new("/p/x/a.py"), false));
        assert!(!globs("x/*.py").matches(Path::new("/p/y/x/a.py"), false));
        assert!(!globs("p").matches(Path::new("/p/a.py"), false));
        assert!(!globs("*.py").matches(Path::new("/q/a.py"), false));
        assert!(globs("./x/**").matches(Path::new("/p/x/y/z.go"), false));
        assert!(Globs::new(Path::new("/p"), &["a[".to_owned()]).is_err());
    }

    #[test]
    fn suggestions() {
        assert_eq!(
            vocabulary().check_rule("lost-udpate").unwrap_err(),
            "unknown rule `lost-udpate`; did you mean `lost-update`?"
        );
        assert!(
            vocabulary()
                .check_selector("djano")
                .unwrap_err()
                .contains("`django`")
        );
        assert!(
            vocabulary()
                .check_rule("zzz")
                .unwrap_err()
                .contains("known are: check-then-act")
        );
    }
}
