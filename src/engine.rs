//! One run from paths to an outcome: walk, read, group into projects, analyze, filter.
//!
//! The analysis itself is behind [`Analyzer`], so that files, configuration and suppressions can be tested without it.

mod find;
mod judge;
mod modules;
mod read;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::config::{ConfigError, Database, Isolation, Options, Resolver, Source, Vocabulary};
use crate::files::scan::{NeedleSet, Outline, Scanner};
use crate::files::walk::{self, Reason, Walked};
use crate::files::{FileId, SourceFile, Sources};
use crate::report::finding::{Finding, Notification, Outcome};
use crate::syntax::Lang;
use read::{Loaded, Read, parse_tree};

/// Stack of a worker thread: syntax nests deeper than the default allows.
pub const STACK: usize = 32 << 20;

/// What the analysis may assume, resolved.
#[derive(Clone, Debug, Default)]
pub struct AnalysisOptions {
    /// Django's `ATOMIC_REQUESTS`, where said.
    pub atomic_requests: Option<bool>,
    /// The database, where said.
    pub database: Option<Database>,
    /// Its isolation, where said.
    pub isolation: Option<Isolation>,
    /// Folders with the user's query packs.
    pub extra_queries: Vec<PathBuf>,
    /// Instead of the built-in names of fields that count something unimportant.
    pub statistics_fields: Option<Vec<String>>,
    /// Instead of the built-in names of fields that hold something valuable.
    pub value_fields: Option<Vec<String>>,
    /// Preview rules may be wanted.
    pub preview: bool,
    /// Parse every file, whatever the scan says.
    pub parse_everything: bool,
}

/// One file of a project.
#[derive(Debug)]
pub struct InputFile {
    /// Index into the sources.
    pub id: FileId,
    /// Its language.
    pub lang: Lang,
    /// Path relative to the project's root, forward slashes.
    pub relative: String,
    /// Which of the analyzer's needles occur in it.
    pub needles: NeedleSet,
    /// Imports and definitions.
    pub outline: Outline,
    /// Whether findings in it are reported, or it is context only.
    pub reported: bool,
}

/// One project.
#[derive(Debug)]
pub struct ProjectInput<'a> {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// In path order.
    pub files: Vec<InputFile>,
    /// The text of all files.
    pub sources: &'a Sources,
    /// Templates and settings below it that may name a function, absolute.
    pub texts: Vec<PathBuf>,
    /// The folder looks like a project's root: what stands above it is not a part of it.
    pub whole: bool,
    /// What may be assumed.
    pub options: AnalysisOptions,
}

/// What the analysis of one project gives.
#[derive(Debug, Default)]
pub struct AnalysisResult {
    /// In any order.
    pub findings: Vec<Finding>,
    /// What was cut off.
    pub notifications: Vec<Notification>,
    /// The files that were parsed.
    pub parsed: Vec<FileId>,
    /// How long each stage took.
    pub timings: Vec<(&'static str, Duration)>,
}

/// The analysis as the engine sees it. Called inside the engine's thread pool.
pub trait Analyzer: Sync {
    /// The byte strings to look for in every file.
    fn needles(&self) -> Vec<String>;

    /// Makes ready what analyzing takes, whatever the files are, while they are looked for.
    fn prepare(&self) {}

    /// The same for a language of which there are files, while they are read.
    fn prepare_for(&self, lang: Lang) {
        let _ = lang;
    }

    /// What lists the names of stores and packs, for selection: asked only when somebody uses one.
    fn groups(&self) -> fn() -> Vec<String>;

    /// Analyzes one project.
    fn analyze(&self, input: &ProjectInput<'_>) -> AnalysisResult;

    /// What is wrong with the query packs in these folders, if anything: nothing can be analyzed with half of them.
    fn check_queries(&self, folders: &[PathBuf]) -> Result<(), String> {
        let _ = folders;
        Ok(())
    }

    /// Which files [`Analyzer::analyze`] would parse, for the timing of the parse alone.
    fn will_parse(&self, input: &ProjectInput<'_>) -> Vec<FileId>;

    /// What the calls on `line` of `file` are taken for, and why: text for a terminal.
    fn explain_call(&self, input: &ProjectInput<'_>, file: FileId, line: u32) -> String {
        let _ = (input, file, line);
        String::new()
    }
}

/// Stands where the analysis will be: finds nothing.
#[derive(Debug, Default)]
pub struct NoAnalysis;

impl Analyzer for NoAnalysis {
    fn needles(&self) -> Vec<String> {
        Vec::new()
    }

    fn groups(&self) -> fn() -> Vec<String> {
        || {
            ["django", "dynamodb", "relational"]
                .map(str::to_owned)
                .into()
        }
    }

    fn analyze(&self, _: &ProjectInput<'_>) -> AnalysisResult {
        AnalysisResult::default()
    }

    fn will_parse(&self, input: &ProjectInput<'_>) -> Vec<FileId> {
        input.files.iter().map(|f| f.id).collect()
    }
}

/// Everything a run needs to know.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// The paths named; none means the working folder.
    pub paths: Vec<PathBuf>,
    /// Standard input, to be taken for the contents of this file.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
    /// What the command line says.
    pub options: Options,
    /// Where configuration comes from.
    pub config: Source,
    /// Don't read ignore files.
    pub no_ignore: bool,
    /// Excludes hold for named files, too.
    pub force_exclude: bool,
    /// Threads; 0 as the machine has.
    pub jobs: usize,
    /// Parse every file.
    pub parse_everything: bool,
    /// Only parse what would be parsed.
    pub parse_only: bool,
    /// Only find and read the files.
    pub files_only: bool,
}

/// What a run gives besides its outcome.
#[derive(Debug, Default)]
pub struct Run {
    /// Findings and notifications.
    pub outcome: Outcome,
    /// The text of all files.
    pub sources: Sources,
    /// Named paths that can't be opened.
    pub errors: Vec<String>,
    /// Whether a finding reaches `fail-on`.
    pub fails: bool,
    /// Files left out, with the reason, sorted.
    pub left_out: Vec<(String, Reason)>,
    /// Files looked at for findings (context apart), as displayed.
    pub checked: Vec<String>,
    /// Files parsed, as displayed.
    pub parsed: Vec<String>,
    /// How long each stage took.
    pub timings: Vec<(&'static str, Duration)>,
    /// With `parse_only`: files and bytes parsed.
    pub parse_volume: (usize, usize),
}

/// Why a run can't start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The configuration is broken.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An option is.
    #[error("{0}")]
    Usage(String),
    /// Something of ours is.
    #[error("internal error: {0}")]
    Internal(#[from] anyhow::Error),
}

/// Runs `settings`.
pub fn check(settings: &Settings, analyzer: &dyn Analyzer) -> Result<Run, EngineError> {
    let vocabulary = Vocabulary {
        rules: crate::rules::RULES,
        groups: Arc::new(LazyLock::new(analyzer.groups())),
    };
    check_with(settings, analyzer, vocabulary)
}

/// What the calls on a line of a file are taken for.
pub fn explain_call(
    settings: &Settings,
    analyzer: &dyn Analyzer,
    path: &Path,
    line: u32,
) -> Result<(String, Run), EngineError> {
    let vocabulary = Vocabulary {
        rules: crate::rules::RULES,
        groups: Arc::new(LazyLock::new(analyzer.groups())),
    };
    let settings = Settings {
        paths: vec![path.to_owned()],
        ..settings.clone()
    };
    with_engine(&settings, analyzer, vocabulary, |engine| {
        let mut run = Run::default();
        let projects = engine.load(&mut run, &mut Clock::default())?;
        let mut text = String::new();
        for project in projects {
            let reported: Vec<FileId> = project
                .files
                .iter()
                .filter(|f| f.reported)
                .map(|f| f.id)
                .collect();
            let input = project.input(&run.sources);
            for file in reported {
                text += &analyzer.explain_call(&input, file, line);
            }
        }
        Ok((text, run))
    })
}

fn check_with(
    settings: &Settings,
    analyzer: &dyn Analyzer,
    vocabulary: Vocabulary,
) -> Result<Run, EngineError> {
    with_engine(settings, analyzer, vocabulary, |engine| engine.run())
}

fn with_engine<T: Send>(
    settings: &Settings,
    analyzer: &dyn Analyzer,
    vocabulary: Vocabulary,
    work: impl FnOnce(&Engine<'_>) -> Result<T, EngineError> + Send,
) -> Result<T, EngineError> {
    let selectors = settings
        .options
        .select
        .iter()
        .chain(&settings.options.ignore)
        .flatten();
    for name in selectors {
        vocabulary
            .check_selector(name)
            .map_err(EngineError::Usage)?;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(settings.jobs)
        .stack_size(STACK)
        .build()
        .map_err(|e| EngineError::Internal(e.into()))?;
    let engine = Engine {
        settings,
        analyzer,
        resolver: Resolver::new(settings.config.clone(), &settings.cwd, vocabulary.clone())?,
        vocabulary,
    };
    pool.install(|| work(&engine))
}

struct Engine<'a> {
    settings: &'a Settings,
    analyzer: &'a dyn Analyzer,
    resolver: Resolver,
    vocabulary: Vocabulary,
}

impl Engine<'_> {
    /// Walks, reads and groups.
    fn load(&self, run: &mut Run, clock: &mut Clock) -> Result<Vec<Project>, EngineError> {
        let (walked, scanner) = rayon::join(
            || self.walk(),
            || {
                let scanner = Scanner::new(&self.analyzer.needles());
                self.analyzer.prepare();
                scanner
            },
        );
        let (mut walked, reported) = walked?;
        let scanner = scanner?;
        run.errors = std::mem::take(&mut walked.errors);
        run.left_out = std::mem::take(&mut walked.left_out);
        let notes = std::mem::take(&mut walked.notifications).into_iter();
        run.outcome
            .notifications
            .extend(notes.map(|(path, message)| Notification {
                path,
                line: None,
                message,
            }));
        clock.lap("walk", &mut run.timings);

        let langs: BTreeSet<Lang> = walked.files.iter().map(|found| found.lang).collect();
        let read = || -> Vec<Read> {
            let files = walked.files.par_iter().with_max_len(16);
            files.map(|found| self.read(found, &scanner)).collect()
        };
        let (reads, (mut starts, ())) = rayon::join(read, || {
            rayon::join(
                || Starts::around(&walked),
                || (langs.iter()).for_each(|lang| self.analyzer.prepare_for(*lang)),
            )
        });
        let mut loaded = Vec::with_capacity(reads.len());
        for (found, read) in walked.files.iter().zip(reads) {
            let in_scope = reported
                .as_ref()
                .is_none_or(|set| set.contains(&found.absolute));
            match read {
                Read::LeftOut(..) | Read::Failed(_) if !in_scope => {}
                Read::Loaded(file) => loaded.push(*file),
                Read::LeftOut(reason, note) => {
                    run.left_out.push((found.display.clone(), reason));
                    run.outcome.notifications.extend(note);
                }
                Read::Failed(note) if found.explicit => {
                    run.errors.push(format!("{}: {}", note.path, note.message));
                }
                Read::Failed(note) => run.outcome.notifications.push(note),
            }
        }
        clock.lap("scan", &mut run.timings);

        let mut projects = self.projects(loaded, &walked, &mut starts, reported.as_ref(), run)?;
        let queries: BTreeSet<&[PathBuf]> = projects
            .iter()
            .map(|p| p.options.extra_queries.as_slice())
            .chain(self.settings.options.extra_queries.as_deref())
            .filter(|folders| !folders.is_empty())
            .collect();
        for folders in queries {
            self.analyzer
                .check_queries(folders)
                .map_err(EngineError::Usage)?;
        }
        for project in &mut projects {
            project.files.sort_by_key(|f| f.id);
        }
        run.tidy();
        clock.lap("group", &mut run.timings);
        Ok(projects)
    }

    fn run(&self) -> Result<Run, EngineError> {
        let mut run = Run::default();
        let mut clock = Clock::default();
        let projects = self.load(&mut run, &mut clock)?;
        if self.settings.files_only {
            return Ok(run);
        }
        if self.settings.parse_only {
            self.parse_only(projects, &mut run);
            clock.lap("parse-only", &mut run.timings);
            return Ok(run);
        }
        let mut findings = Vec::new();
        let mut parsed = Vec::new();
        let mut judged: HashMap<FileId, Scope> = HashMap::new();
        for project in projects {
            let input = project.input(&run.sources);
            // A defect in the analysis of one project must not take the others' findings along.
            match catch_unwind(AssertUnwindSafe(|| self.analyzer.analyze(&input))) {
                Ok(result) => {
                    findings.extend(result.findings);
                    run.outcome.notifications.extend(result.notifications);
                    parsed.extend(result.parsed);
                    for (stage, time) in result.timings {
                        match run.timings.iter_mut().find(|(s, _)| *s == stage) {
                            Some((_, total)) => *total += time,
                            None => run.timings.push((stage, time)),
                        }
                    }
                }
                Err(panic) => run.errors.push(format!(
                    "{}: internal error, nothing of this project is reported: {}",
                    match walk::display(&input.root, &self.settings.cwd) {
                        here if here.is_empty() => ".".to_owned(),
                        path => path,
                    },
                    panic_text(&*panic)
                )),
            }
            judged.extend(input.files.iter().map(|f| {
                let scope = Scope {
                    lang: f.lang,
                    reported: f.reported,
                };
                (f.id, scope)
            }));
        }
        clock.lap("analyze", &mut run.timings);
        self.judge(findings, &judged, &mut run)?;
        parsed.sort();
        parsed.dedup();
        run.parsed = parsed
            .iter()
            .map(|&id| run.sources.get(id).display.clone())
            .collect();
        run.tidy();
        clock.lap("filter", &mut run.timings);
        Ok(run)
    }

    /// Groups files by project and makes them [`Sources`].
    fn projects(
        &self,
        loaded: Vec<Loaded>,
        walked: &Walked,
        starts: &mut Starts,
        reported: Option<&BTreeSet<PathBuf>>,
        run: &mut Run,
    ) -> Result<Vec<Project>, EngineError> {
        let mut by_root: BTreeMap<PathBuf, Vec<InputFile>> = BTreeMap::new();
        let mut known: HashMap<(PathBuf, usize), PathBuf> = HashMap::new();
        for (i, mut file) in loaded.into_iter().enumerate() {
            let folder = parent(&file.found.absolute);
            let root =
                known
                    .entry((folder, file.found.root))
                    .or_insert_with_key(|(folder, root)| {
                        let limit = walked.roots[*root].folder();
                        starts
                            .above(folder, limit)
                            .or_else(|| limit.map(Path::to_owned))
                            .unwrap_or_else(|| folder.clone())
                    });
            let in_scope = reported.is_none_or(|set| set.contains(&file.found.absolute));
            if in_scope {
                run.checked.push(file.found.display.clone());
                run.outcome.notifications.append(&mut file.notes);
            }
            let relative = walk::display(
                file.found
                    .absolute
                    .strip_prefix(&*root)
                    .unwrap_or(&file.found.absolute),
                root,
            );
            by_root.entry(root.clone()).or_default().push(InputFile {
                id: FileId(i as u32),
                lang: file.found.lang,
                relative,
                needles: file.needles,
                outline: file.outline,
                reported: in_scope,
            });
            let source = SourceFile::new(file.found.path, file.found.display, file.text);
            run.sources.files.push(Arc::new(source));
        }
        modules::tied(by_root)
            .into_iter()
            .filter(|(_, files)| files.iter().any(|f| f.reported))
            .map(|(root, files)| {
                let config = self.resolver.for_folder(&root)?;
                let options = self.settings.options.over(&config.options);
                Ok(Project {
                    options: AnalysisOptions {
                        preview: options.previews(),
                        atomic_requests: options.atomic_requests,
                        database: options.database,
                        isolation: options.isolation,
                        extra_queries: options.extra_queries.unwrap_or_default(),
                        statistics_fields: options.statistics_fields,
                        value_fields: options.value_fields,
                        parse_everything: self.settings.parse_everything,
                    },
                    texts: walked
                        .texts
                        .iter()
                        .filter(|t| t.starts_with(&root))
                        .cloned()
                        .collect(),
                    whole: is_project(&root),
                    root,
                    files,
                })
            })
            .collect()
    }

    fn parse_only(&self, projects: Vec<Project>, run: &mut Run) {
        let mut ids = Vec::new();
        for project in projects {
            let input = project.input(&run.sources);
            let wanted = if self.settings.parse_everything {
                input.files.iter().map(|f| f.id).collect()
            } else {
                self.analyzer.will_parse(&input)
            };
            let langs: HashMap<FileId, Lang> = input.files.iter().map(|f| (f.id, f.lang)).collect();
            ids.extend(
                wanted
                    .into_iter()
                    .filter_map(|id| Some((id, *langs.get(&id)?))),
            );
        }
        let start = Instant::now();
        let sources = &run.sources;
        let bytes: usize = ids
            .par_iter()
            .map(|&(id, lang)| parse_tree(&sources.get(id).text, lang))
            .sum();
        run.timings.push(("parse", start.elapsed()));
        run.parse_volume = (ids.len(), bytes);
        run.parsed = ids
            .iter()
            .map(|(id, _)| sources.get(*id).display.clone())
            .collect();
    }
}

struct Project {
    root: PathBuf,
    files: Vec<InputFile>,
    texts: Vec<PathBuf>,
    whole: bool,
    options: AnalysisOptions,
}

impl Project {
    fn input(self, sources: &Sources) -> ProjectInput<'_> {
        ProjectInput {
            root: self.root,
            files: self.files,
            sources,
            texts: self.texts,
            whole: self.whole,
            options: self.options,
        }
    }
}

/// What judging needs to know of a file.
#[derive(Clone, Copy)]
struct Scope {
    lang: Lang,
    reported: bool,
}

impl Run {
    fn tidy(&mut self) {
        self.left_out.sort();
        self.left_out.dedup();
        self.outcome.notifications.sort();
        self.outcome.notifications.dedup();
    }
}

#[derive(Debug)]
struct Clock(Instant);

impl Default for Clock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock {
    fn lap(&mut self, stage: &'static str, into: &mut Vec<(&'static str, Duration)>) {
        let now = Instant::now();
        into.push((stage, now - self.0));
        self.0 = now;
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent()
        .map(Path::to_owned)
        .unwrap_or_else(|| path.to_owned())
}

/// The nearest folder from `folder` up that looks like a project's root, not above `limit`.
fn project_above(folder: &Path, limit: Option<&Path>) -> Option<PathBuf> {
    Starts::default().above(folder, limit)
}

/// The folders that were asked whether a project starts in them: many lie below the same ones.
#[derive(Default)]
struct Starts(HashMap<PathBuf, bool>);

impl Starts {
    /// Asks for all the folders of the files that were found.
    fn around(walked: &Walked) -> Self {
        let mut starts = Self::default();
        let mut last = None;
        for file in &walked.files {
            let folder = file.absolute.parent();
            if folder != last
                && let Some(folder) = folder
            {
                starts.above(folder, walked.roots[file.root].folder());
            }
            last = folder;
        }
        starts
    }

    /// The nearest folder from `folder` up that looks like a project's root, not above `limit`.
    fn above(&mut self, folder: &Path, limit: Option<&Path>) -> Option<PathBuf> {
        for ancestor in folder.ancestors() {
            if self.starts(ancestor) {
                return Some(ancestor.to_owned());
            }
            if limit == Some(ancestor) {
                break;
            }
        }
        None
    }

    fn starts(&mut self, folder: &Path) -> bool {
        if let Some(known) = self.0.get(folder) {
            return *known;
        }
        let starts = is_project(folder) || Resolver::is_config(folder);
        self.0.insert(folder.to_owned(), starts);
        starts
    }
}

fn is_project(folder: &Path) -> bool {
    const SIGNS: [&str; 5] = [".git", "go.mod", "pyproject.toml", "setup.py", "manage.py"];
    // A script inside of a package: what is imported is named from further up.
    let package = folder.join("__init__.py").exists();
    SIGNS
        .iter()
        .any(|sign| !(package && sign.ends_with(".py")) && folder.join(sign).exists())
}

/// What a panic said.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
