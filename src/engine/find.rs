//! Which files a run is about: the named paths walked, their projects as context, and what is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Engine, EngineError, modules, parent, project_above};
use crate::config::{ConfigFile, Globs};
use crate::files::walk::{self, Found, Reason, Root, WalkOptions, Walked};

/// Threads that walk: as many as `ignore` would start at most by itself.
const WALKERS: usize = 12;

impl Engine<'_> {
    /// Walks the named paths; with single files named, their projects as context, too. The set holds the absolute
    /// paths to report on, `None` meaning all.
    pub(super) fn walk(&self) -> Result<(Walked, Option<BTreeSet<PathBuf>>), EngineError> {
        let settings = self.settings;
        let mut paths = settings.paths.clone();
        if let Some((path, _)) = &settings.stdin {
            paths = vec![path.clone()];
        } else if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        // Each named folder is walked by its own configuration; what follows is about the files found.
        let mut walked = Walked::default();
        let mut contexts: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
        let mut named = BTreeSet::new();
        let mut seen: FxHashMap<PathBuf, usize> = FxHashMap::default();
        for path in &paths {
            let full = settings.cwd.join(path);
            if settings.stdin.is_some() && !full.exists() {
                self.virtual_file(path, &full, &mut walked, &mut seen);
            } else {
                let base = if full.is_dir() {
                    full.clone()
                } else {
                    parent(&full)
                };
                let base = std::fs::canonicalize(&base).unwrap_or(base);
                let config = self.resolver.for_folder(&base)?;
                let part = walk::walk(
                    std::slice::from_ref(path),
                    &self.walk_options(&config, &base)?,
                );
                merge(&mut walked, part, &mut seen, false);
            }
        }
        for root in &walked.roots {
            if root.is_file {
                named.insert(root.absolute.clone());
                let folder = parent(&root.absolute);
                match project_above(&folder, None) {
                    Some(project) => {
                        for module in modules::tied_to(&project) {
                            contexts.insert(module, None);
                        }
                        contexts.insert(project, None)
                    }
                    // Without a project the neighbours are all there is: a home folder is none.
                    None => contexts.insert(folder, Some(1)),
                };
            }
        }
        let folder_roots: Vec<PathBuf> = walked
            .roots
            .iter()
            .filter(|r| !r.is_file)
            .map(|r| r.absolute.clone())
            .collect();
        let mut reported = None;
        if !named.is_empty() {
            let wanted = walked.files.iter().map(|f| f.absolute.clone()).collect();
            for (context, depth) in &contexts {
                if folder_roots.iter().any(|f| context.starts_with(f)) {
                    continue;
                }
                let config = self.resolver.for_folder(context)?;
                let mut options = self.walk_options(&config, context)?;
                options.max_depth = *depth;
                let mut part = walk::walk(std::slice::from_ref(context), &options);
                part.left_out.clear();
                part.notifications.clear();
                part.errors.clear();
                merge(&mut walked, part, &mut seen, true);
            }
            reported = Some(wanted);
        }
        walked.files.sort_by(walk::in_order);
        walked.left_out.sort();
        walked.left_out.dedup();
        walked.texts.sort();
        walked.texts.dedup();
        self.filter(&mut walked, reported.as_ref())?;
        Ok((walked, reported))
    }

    /// A file that exists only on standard input.
    fn virtual_file(
        &self,
        path: &Path,
        full: &Path,
        walked: &mut Walked,
        seen: &mut FxHashMap<PathBuf, usize>,
    ) {
        let folder = parent(full);
        let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
        let absolute = folder.join(path.file_name().unwrap_or(path.as_os_str()));
        let root = walked.roots.len();
        walked.roots.push(Root {
            path: path.to_owned(),
            absolute: absolute.clone(),
            is_file: true,
        });
        let Some(lang) = walk::language(path) else {
            walked
                .errors
                .push(format!("{}: neither Python nor Go", path.display()));
            return;
        };
        let cwd =
            std::fs::canonicalize(&self.settings.cwd).unwrap_or_else(|_| self.settings.cwd.clone());
        seen.insert(absolute.clone(), walked.files.len());
        walked.files.push(Found {
            path: path.to_owned(),
            display: walk::display(&absolute, &cwd),
            absolute,
            lang,
            explicit: true,
            reason: None,
            root,
        });
    }

    fn walk_options(&self, config: &ConfigFile, base: &Path) -> Result<WalkOptions, EngineError> {
        let settings = self.settings;
        let cwd = std::fs::canonicalize(&settings.cwd).unwrap_or_else(|_| settings.cwd.clone());
        let mut exclude = Vec::new();
        if !settings.options.exclude.is_empty() {
            // Relative to the working folder, or to the named path when that lies outside.
            let at = if base.starts_with(&cwd) { &cwd } else { base };
            exclude.push(Globs::new(at, &settings.options.exclude).map_err(EngineError::Usage)?);
        }
        exclude.extend(config.exclude.clone());
        let options = settings.options.over(&config.options);
        Ok(WalkOptions {
            cwd,
            exclude,
            no_ignore: settings.no_ignore,
            include_vendored: options.include_vendored == Some(true),
            force_exclude: settings.force_exclude,
            // The pool's own threads wait for them, but one that makes the scanner meanwhile.
            jobs: (rayon::current_num_threads() - 1).clamp(1, WALKERS),
            max_depth: None,
        })
    }

    /// Leaves out tests, migrations and excludes by the configuration nearest to each file.
    fn filter(
        &self,
        walked: &mut Walked,
        reported: Option<&BTreeSet<PathBuf>>,
    ) -> Result<(), EngineError> {
        let mut kept = Vec::with_capacity(walked.files.len());
        // Files of one folder stand together.
        let mut last: Option<(PathBuf, Arc<ConfigFile>)> = None;
        for file in std::mem::take(&mut walked.files) {
            let folder = file.absolute.parent();
            let config = match &last {
                Some((known, config)) if folder == Some(known) => Arc::clone(config),
                _ => {
                    let folder = parent(&file.absolute);
                    let config = self.resolver.for_folder(&folder)?;
                    last = Some((folder, Arc::clone(&config)));
                    config
                }
            };
            let excluded = config
                .exclude
                .as_ref()
                .is_some_and(|g| g.matches(&file.absolute, false));
            let options = &self.settings.options;
            let reason = match file.reason {
                _ if file.explicit => None,
                _ if excluded => Some(Reason::Excluded),
                Some(Reason::Test)
                    if options.include_tests.or(config.options.include_tests) == Some(true) =>
                {
                    None
                }
                Some(Reason::Migration)
                    if options
                        .include_migrations
                        .or(config.options.include_migrations)
                        == Some(true) =>
                {
                    None
                }
                reason => reason,
            };
            match reason {
                Some(reason) if reported.is_none_or(|set| set.contains(&file.absolute)) => {
                    walked.left_out.push((file.display, reason));
                }
                Some(_) => {}
                None => kept.push(file),
            }
        }
        walked.files = kept;
        Ok(())
    }
}

/// Adds `part`; what is `context` only doesn't change what is known of a file.
fn merge(into: &mut Walked, part: Walked, seen: &mut FxHashMap<PathBuf, usize>, context: bool) {
    let shift = into.roots.len();
    into.roots.extend(part.roots);
    into.left_out.extend(part.left_out);
    into.errors.extend(part.errors);
    into.notifications.extend(part.notifications);
    into.texts.extend(part.texts);
    for mut file in part.files {
        file.root += shift;
        match seen.get(&file.absolute) {
            Some(&at) => {
                if context {
                    continue;
                }
                let known = &mut into.files[at];
                known.explicit |= file.explicit;
                known.reason = known.reason.and(file.reason);
            }
            None => {
                seen.insert(file.absolute.clone(), into.files.len());
                into.files.push(file);
            }
        }
    }
}
