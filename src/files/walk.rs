//! Which files a run looks at, and why it leaves others out.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashMap;

use crate::config::Globs;
use crate::syntax::Lang;

/// Why a file is left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// An exclude of the command line or configuration matches.
    Excluded,
    /// A test.
    Test,
    /// A database migration.
    Migration,
    /// Somebody else's code.
    Vendored,
    /// Written by a program.
    Generated,
    /// A symbolic link; its target is looked at where it stands.
    Link,
    /// Too large.
    Large,
    /// Not text.
    Binary,
}

impl Reason {
    /// As shown by `--show-files`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::Test => "test",
            Self::Migration => "migration",
            Self::Vendored => "vendored",
            Self::Generated => "generated",
            Self::Link => "symbolic link",
            Self::Large => "too large",
            Self::Binary => "not text",
        }
    }
}

/// What to walk and how.
#[derive(Debug, Default)]
pub struct WalkOptions {
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// Excludes that hold whatever the configuration says (the command line's).
    pub exclude: Vec<Globs>,
    /// Don't read ignore files.
    pub no_ignore: bool,
    /// Go into vendored folders.
    pub include_vendored: bool,
    /// Excludes and leave-outs hold for files named by the user, too.
    pub force_exclude: bool,
    /// How many threads (0: as the machine has).
    pub jobs: usize,
    /// How deep to go (1: the folder's own files).
    pub max_depth: Option<usize>,
}

/// A file that may be looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Under the path that the user named.
    pub path: PathBuf,
    /// Absolute, links in the named path resolved.
    pub absolute: PathBuf,
    /// Relative to the working folder, forward slashes.
    pub display: String,
    /// By extension.
    pub lang: Lang,
    /// The user named this very file.
    pub explicit: bool,
    /// A reason to leave it out that an option may lift.
    pub reason: Option<Reason>,
    /// Which of the named paths led to it.
    pub root: usize,
}

/// A folder or file that was named.
#[derive(Clone, Debug)]
pub struct Root {
    /// As named.
    pub path: PathBuf,
    /// Absolute, links resolved.
    pub absolute: PathBuf,
    /// Whether it is a file.
    pub is_file: bool,
}

impl Root {
    /// The folder that was named: nothing above it is looked at.
    pub fn folder(&self) -> Option<&Path> {
        (!self.is_file).then_some(self.absolute.as_path())
    }
}

/// What a walk gave.
#[derive(Debug, Default)]
pub struct Walked {
    /// Sorted by display path, each file once.
    pub files: Vec<Found>,
    /// Whole folders and files that were passed by: (display path, reason).
    pub left_out: Vec<(String, Reason)>,
    /// Named paths that can't be opened.
    pub errors: Vec<String>,
    /// Found by walking, but unreadable: (display path, message).
    pub notifications: Vec<(String, String)>,
    /// The named paths that could be opened.
    pub roots: Vec<Root>,
    /// Templates and settings that may name a function, absolute.
    pub texts: Vec<PathBuf>,
}

/// The language of a file by its extension; stubs (`.pyi`) have no code to run.
pub fn language(path: &Path) -> Option<Lang> {
    match path.extension()?.to_str()? {
        "py" => Some(Lang::Python),
        "go" => Some(Lang::Go),
        _ => None,
    }
}

/// Whether a file is a template or a setting that may name a function.
fn may_name_code(path: &Path) -> bool {
    match path.extension().and_then(OsStr::to_str) {
        Some(extension) => matches!(
            extension,
            "html"
                | "htm"
                | "xhtml"
                | "xml"
                | "txt"
                | "eml"
                | "j2"
                | "jinja"
                | "jinja2"
                | "mako"
                | "tpl"
                | "js"
                | "ipynb"
                | "sh"
                | "toml"
                | "cfg"
                | "ini"
                | "yml"
                | "yaml"
                | "json"
        ),
        None => matches!(
            file_name(path),
            "Procfile" | "Makefile" | "Dockerfile" | "crontab"
        ),
    }
}

/// Walks the named paths.
pub fn walk(paths: &[PathBuf], options: &WalkOptions) -> Walked {
    let mut walked = Walked::default();
    let mut found: FxHashMap<PathBuf, Found> = FxHashMap::default();
    for path in paths {
        let full = options.cwd.join(path);
        let opened = std::fs::canonicalize(&full).and_then(|absolute| {
            let meta = std::fs::metadata(&absolute)?;
            if meta.is_file() {
                std::fs::File::open(&absolute)?;
            } else if meta.is_dir() {
                std::fs::read_dir(&absolute)?;
            }
            Ok((absolute, meta))
        });
        let (absolute, meta) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                walked
                    .errors
                    .push(format!("{}: {}", path.display(), io_reason(&error)));
                continue;
            }
        };
        let root = walked.roots.len();
        walked.roots.push(Root {
            path: path.clone(),
            absolute: absolute.clone(),
            is_file: !meta.is_dir(),
        });
        let cwd = std::fs::canonicalize(&options.cwd).unwrap_or_else(|_| options.cwd.clone());
        if meta.is_dir() {
            let mut part = walk_folder(path, &absolute, &cwd, root, options);
            walked.left_out.append(&mut part.left_out);
            walked.notifications.append(&mut part.notifications);
            walked.texts.append(&mut part.texts);
            for file in part.files {
                found.entry(file.absolute.clone()).or_insert(file);
            }
        } else if let Some(file) = named_file(path, &absolute, &cwd, root, options, &mut walked) {
            let explicit = file.explicit;
            let slot = found.entry(file.absolute.clone()).or_insert(file);
            slot.explicit |= explicit;
        }
    }
    walked.files = found.into_values().collect();
    walked.files.sort_unstable_by(in_order);
    walked.left_out.sort();
    walked.left_out.dedup();
    walked.notifications.sort();
    walked.notifications.dedup();
    walked.texts.sort();
    walked.texts.dedup();
    walked
}

/// The order of files: as they are displayed.
pub fn in_order(a: &Found, b: &Found) -> std::cmp::Ordering {
    let displayed = a.display.cmp(&b.display);
    displayed.then_with(|| a.absolute.cmp(&b.absolute))
}

/// The system's message without its number.
pub fn io_reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_lowercase(),
        None => text,
    }
}

fn named_file(
    path: &Path,
    absolute: &Path,
    cwd: &Path,
    root: usize,
    options: &WalkOptions,
    walked: &mut Walked,
) -> Option<Found> {
    let shown = display(absolute, cwd);
    let Some(lang) = language(path)
        .or_else(|| language(absolute))
        .or_else(|| by_shebang(absolute))
    else {
        walked
            .notifications
            .push((shown, "skipped: neither Python nor Go".to_owned()));
        return None;
    };
    let reason = if options.force_exclude {
        if options.exclude.iter().any(|g| g.matches(absolute, false)) {
            Some(Reason::Excluded)
        } else {
            // The hook names files from the working folder on, so the folders in between count.
            let relative = absolute
                .strip_prefix(cwd)
                .unwrap_or(Path::new(absolute.file_name()?));
            leave_out(relative, absolute, options)
        }
    } else {
        None
    };
    if let Some(reason @ (Reason::Excluded | Reason::Vendored | Reason::Generated)) = reason {
        walked.left_out.push((shown, reason));
        return None;
    }
    Some(Found {
        path: path.to_owned(),
        absolute: absolute.to_owned(),
        display: shown,
        lang,
        explicit: !options.force_exclude,
        reason,
        root,
    })
}

fn leave_out(relative: &Path, absolute: &Path, options: &WalkOptions) -> Option<Reason> {
    let depth = relative.components().count();
    if !options.include_vendored {
        let mut folder = absolute.to_path_buf();
        for _ in 1..depth {
            folder.pop();
            if is_vendored(&folder) {
                return Some(Reason::Vendored);
            }
        }
    }
    if is_generated_name(file_name(absolute)) {
        return Some(Reason::Generated);
    }
    by_components(relative)
}

/// Python scripts without an extension, when named.
fn by_shebang(path: &Path) -> Option<Lang> {
    use std::io::Read as _;
    if path.extension().is_some() {
        return None;
    }
    let mut head = [0; 80];
    let n = std::fs::File::open(path).ok()?.read(&mut head).ok()?;
    let line = head[..n].split(|&b| b == b'\n').next()?;
    (line.starts_with(b"#!") && memchr::memmem::find(line, b"python").is_some())
        .then_some(Lang::Python)
}

/// The path for reports.
pub fn display(absolute: &Path, cwd: &Path) -> String {
    let shown = absolute.strip_prefix(cwd).unwrap_or(absolute);
    let text = shown.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Collects on each thread, hands over when the thread ends.
struct Collector<'a> {
    part: Walked,
    into: &'a Mutex<Walked>,
}

impl Drop for Collector<'_> {
    fn drop(&mut self) {
        if let Ok(mut into) = self.into.lock() {
            into.files.append(&mut self.part.files);
            into.left_out.append(&mut self.part.left_out);
            into.notifications.append(&mut self.part.notifications);
            into.texts.append(&mut self.part.texts);
        }
    }
}

fn walk_folder(
    path: &Path,
    absolute: &Path,
    cwd: &Path,
    root: usize,
    options: &WalkOptions,
) -> Walked {
    let all = Mutex::new(Walked::default());
    // Ignore files above the named folder count only inside a repository: a tree that was unpacked below some
    // ignored folder is meant when it is named.
    let in_repository = absolute.ancestors().any(|a| a.join(".git").exists());
    let walker = WalkBuilder::new(absolute)
        .hidden(false)
        .standard_filters_if(!options.no_ignore)
        .parents(!options.no_ignore && in_repository)
        .require_git(false)
        .follow_links(false)
        .threads(options.jobs)
        .max_depth(options.max_depth)
        .build_parallel();
    walker.run(|| {
        let mut collector = Collector {
            part: Walked::default(),
            into: &all,
        };
        Box::new(move |entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let (at, message) = error_place(&error, absolute);
                    collector
                        .part
                        .notifications
                        .push((display(&at, cwd), message));
                    return WalkState::Continue;
                }
            };
            visit(
                &entry,
                path,
                absolute,
                cwd,
                root,
                options,
                &mut collector.part,
            )
        })
    });
    all.into_inner().unwrap_or_default()
}

trait StandardFilters {
    fn standard_filters_if(&mut self, yes: bool) -> &mut Self;
}

impl StandardFilters for WalkBuilder {
    /// All ignore files or none; hidden files are ours to judge.
    fn standard_filters_if(&mut self, yes: bool) -> &mut Self {
        self.ignore(yes)
            .git_ignore(yes)
            .git_global(yes)
            .git_exclude(yes)
    }
}

fn visit(
    entry: &DirEntry,
    named: &Path,
    root_path: &Path,
    cwd: &Path,
    root: usize,
    options: &WalkOptions,
    part: &mut Walked,
) -> WalkState {
    if entry.depth() == 0 {
        return WalkState::Continue;
    }
    let name = entry.file_name();
    if name.as_encoded_bytes().first() == Some(&b'.') {
        return WalkState::Skip;
    }
    let Some(kind) = entry.file_type() else {
        return WalkState::Continue;
    };
    let path = entry.path();
    if kind.is_dir() {
        let reason = if options.exclude.iter().any(|g| g.matches(path, true)) {
            Some(Reason::Excluded)
        } else if !options.include_vendored && is_vendored(path) {
            Some(Reason::Vendored)
        } else {
            None
        };
        if let Some(reason) = reason {
            part.left_out.push((display(path, cwd) + "/", reason));
            return WalkState::Skip;
        }
        return WalkState::Continue;
    }
    let Some(lang) = language(path) else {
        if kind.is_file() && may_name_code(path) {
            part.texts.push(path.to_owned());
        }
        return WalkState::Continue;
    };
    if kind.is_symlink() {
        part.left_out.push((display(path, cwd), Reason::Link));
        return WalkState::Continue;
    }
    if !kind.is_file() {
        return WalkState::Continue;
    }
    let relative = path.strip_prefix(root_path).unwrap_or(path);
    let reason = if options.exclude.iter().any(|g| g.matches(path, false)) {
        Some(Reason::Excluded)
    } else if is_generated_name(file_name(path)) {
        Some(Reason::Generated)
    } else {
        by_components(relative)
    };
    if let Some(reason @ (Reason::Excluded | Reason::Generated)) = reason {
        part.left_out.push((display(path, cwd), reason));
        return WalkState::Continue;
    }
    part.files.push(Found {
        path: named.join(relative),
        absolute: path.to_owned(),
        display: display(path, cwd),
        lang,
        explicit: false,
        reason,
        root,
    });
    WalkState::Continue
}

fn error_place(error: &ignore::Error, root: &Path) -> (PathBuf, String) {
    fn path_of(error: &ignore::Error) -> Option<PathBuf> {
        match error {
            ignore::Error::WithPath { path, .. } => Some(path.clone()),
            ignore::Error::Loop { child, .. } => Some(child.clone()),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                path_of(err)
            }
            ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
            _ => None,
        }
    }
    let message = match error.io_error() {
        Some(io) => format!("skipped: {}", io_reason(io)),
        None => format!("skipped: {error}"),
    };
    (path_of(error).unwrap_or_else(|| root.to_owned()), message)
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or("")
}

/// Whether a folder holds somebody else's code.
fn is_vendored(folder: &Path) -> bool {
    let name = file_name(folder);
    match name {
        "third_party" | "third-party" | "thirdparty" | "node_modules" | "site-packages"
        | "dist-packages" | "bower_components" | "_vendor" | "venv" | "virtualenv" => true,
        // A marketplace has an application called vendor.
        "vendor" => !["models.py", "apps.py", "views.py", "urls.py"]
            .iter()
            .any(|f| folder.join(f).exists()),
        _ => name.contains("env") && folder.join("pyvenv.cfg").exists(),
    }
}

fn is_generated_name(name: &str) -> bool {
    name.ends_with("_pb2.py")
        || name.ends_with("_pb2_grpc.py")
        || name.ends_with(".pb.go")
        || name.ends_with(".pb.gw.go")
        || name.ends_with("_gen.go")
        || name.ends_with(".gen.go")
        || name.starts_with("zz_generated")
}

/// Tests and migrations, by the folders and the name below the named path.
fn by_components(relative: &Path) -> Option<Reason> {
    let mut folders: Vec<&str> = relative
        .components()
        .filter_map(|c| match c {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let name = folders.pop()?;
    if folders
        .iter()
        .any(|f| matches!(*f, "tests" | "test" | "testdata" | "__tests__"))
        || is_test_name(name)
    {
        return Some(Reason::Test);
    }
    folders
        .iter()
        .any(|f| *f == "migrations" || f.ends_with("_migrations"))
        .then_some(Reason::Migration)
}

fn is_test_name(name: &str) -> bool {
    match name.strip_suffix(".py") {
        Some("tests" | "conftest") => true,
        Some(stem) => {
            stem.starts_with("test_") || stem.ends_with("_test") || stem.ends_with("_tests")
        }
        None => name.ends_with("_test.go"),
    }
}

/// Whether the head of a file says that a program wrote it: `Code generated ... DO NOT EDIT.` or `@generated` in a
/// comment among its first lines.
pub fn is_generated(text: &[u8]) -> bool {
    let mut head = &text[..text.len().min(2048)];
    for _ in 0..25 {
        let end = memchr::memchr(b'\n', head).unwrap_or(head.len());
        let line = head[..end].trim_ascii();
        let comment = [&b"#"[..], b"//", b"/*", b"*", b"\"\"\""]
            .iter()
            .any(|m| line.starts_with(m));
        let has = |needle: &[u8]| memchr::memmem::find(line, needle).is_some();
        if comment && (has(b"@generated") || has(b"ode generated ") && has(b"DO NOT EDIT")) {
            return true;
        }
        if line.starts_with(b"package ") || end == head.len() {
            return false;
        }
        head = &head[end + 1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        dir
    }

    fn options(dir: &Path) -> WalkOptions {
        WalkOptions {
            cwd: dir.to_owned(),
            ..WalkOptions::default()
        }
    }

    fn kept(walked: &Walked) -> Vec<&str> {
        walked
            .files
            .iter()
            .filter(|f| f.reason.is_none())
            .map(|f| f.display.as_str())
            .collect()
    }

    #[test]
    fn default_leave_outs() {
        let dir = tree(&[
            "a.py",
            "b.go",
            "b_test.go",
            "stub.pyi",
            "notes.txt",
            ".hidden/x.py",
            "app/tests/t.py",
            "app/test_x.py",
            "app/conftest.py",
            "app/contest.py",
            "app/migrations/0001.py",
            "app/x_pb2.py",
            "node_modules/x/y.py",
            "vendor/github.com/x.go",
            "shop/vendor/models.py",
            "myenv/pyvenv.cfg",
            "myenv/bin/x.py",
            "env/settings.py",
        ]);
        let walked = walk(&[PathBuf::from(".")], &options(dir.path()));
        assert_eq!(
            kept(&walked),
            [
                "a.py",
                "app/contest.py",
                "b.go",
                "env/settings.py",
                "shop/vendor/models.py"
            ]
        );
        assert_eq!(
            walked
                .left_out
                .iter()
                .map(|(p, r)| (p.as_str(), *r))
                .collect::<Vec<_>>(),
            [
                ("app/x_pb2.py", Reason::Generated),
                ("myenv/", Reason::Vendored),
                ("node_modules/", Reason::Vendored),
                ("vendor/", Reason::Vendored)
            ]
        );
        let reasons: Vec<_> = walked
            .files
            .iter()
            .filter_map(|f| Some((f.display.as_str(), f.reason?)))
            .collect();
        assert_eq!(reasons.len(), 5, "{reasons:?}");
        assert!(reasons.contains(&("app/migrations/0001.py", Reason::Migration)));
    }

    #[test]
    fn leave_outs_are_relative_to_the_named_path() {
        let dir = tree(&["tests/vendor/repo/app/a.py", "tests/vendor/repo/tests/b.py"]);
        let walked = walk(&[PathBuf::from("tests/vendor/repo")], &options(dir.path()));
        assert_eq!(kept(&walked), ["tests/vendor/repo/app/a.py"]);
        let outside = walk(
            &[dir.path().join("tests/vendor/repo")],
            &options(Path::new("/")),
        );
        assert_eq!(kept(&outside).len(), 1);
    }

    #[test]
    fn ignore_files_work_without_git_but_not_from_above() {
        let dir = tree(&["repo/a.py", "repo/build/b.py", "repo/c.py"]);
        std::fs::write(dir.path().join(".gitignore"), "*\n").unwrap();
        std::fs::write(dir.path().join("repo/.gitignore"), "build/\n").unwrap();
        let named = [dir.path().join("repo")];
        let mut o = options(&named[0]);
        assert_eq!(kept(&walk(&named, &o)), ["a.py", "c.py"]);
        o.no_ignore = true;
        assert_eq!(kept(&walk(&named, &o)), ["a.py", "build/b.py", "c.py"]);
        o.no_ignore = false;
        o.exclude = vec![Globs::new(&named[0], &["c.*".to_owned()]).unwrap()];
        assert_eq!(kept(&walk(&named, &o)), ["a.py"]);
    }

    #[test]
    fn named_files_are_scanned_and_paths_deduplicated() {
        let dir = tree(&["a.py", "tests/test_a.py", "x_pb2.py", "README.md"]);
        std::fs::write(dir.path().join("tool"), "#!/usr/bin/env python3\n").unwrap();
        let named: Vec<PathBuf> = [
            "tests/test_a.py",
            ".",
            "./a.py",
            "missing.py",
            "x_pb2.py",
            "README.md",
            "tool",
        ]
        .map(PathBuf::from)
        .into();
        let mut o = options(dir.path());
        let walked = walk(&named, &o);
        assert_eq!(
            kept(&walked),
            ["a.py", "tests/test_a.py", "tool", "x_pb2.py"]
        );
        assert_eq!(walked.errors, ["missing.py: no such file or directory"]);
        assert_eq!(walked.notifications.len(), 1);
        o.force_exclude = true;
        assert_eq!(kept(&walk(&named[..1], &o)), [] as [&str; 0]);
        assert_eq!(kept(&walk(&named[4..5], &o)), [] as [&str; 0]);
    }

    #[test]
    fn generated_headers() {
        assert!(is_generated(
            b"// Code generated by mockgen. DO NOT EDIT.\n\npackage x"
        ));
        assert!(is_generated(b"#!/usr/bin/python\n# @generated by x\n"));
        assert!(!is_generated(b"x = '@generated'\n"));
        assert!(!is_generated(
            b"package x\n// Code generated by hand. DO NOT EDIT.\n"
        ));
        assert!(!is_generated(b""));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_but_named_ones_are() {
        let dir = tree(&["real/a.py"]);
        std::os::unix::fs::symlink(dir.path(), dir.path().join("real/loop")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("real"), dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("real/a.py"), dir.path().join("b.py")).unwrap();
        let walked = walk(
            &[PathBuf::from("."), PathBuf::from("link")],
            &options(dir.path()),
        );
        assert_eq!(kept(&walked), ["real/a.py"]);
        assert_eq!(walked.left_out, [("b.py".to_owned(), Reason::Link)]);
    }
}
