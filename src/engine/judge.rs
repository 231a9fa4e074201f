//! From what the analysis found to what is reported: selection, suppression, thresholds, order.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::{Engine, EngineError, Run, Scope, parent};
use crate::config::Options;
use crate::files::FileId;
use crate::report::finding::Finding;
use crate::suppress::{self, FileSuppressions};

impl Engine<'_> {
    /// Selection, suppression, thresholds, order.
    pub(super) fn judge(
        &self,
        mut findings: Vec<Finding>,
        files: &HashMap<FileId, Scope>,
        run: &mut Run,
    ) -> Result<(), EngineError> {
        let in_scope = |id: FileId| files.get(&id).is_some_and(|f| f.reported);
        let sources = &run.sources;
        let mut configs: HashMap<FileId, (PathBuf, Options)> = HashMap::new();
        let mut config_of = |id: FileId| -> Result<(PathBuf, Options), EngineError> {
            if let Some(known) = configs.get(&id) {
                return Ok(known.clone());
            }
            let full = self.settings.cwd.join(&sources.get(id).path);
            let folder = parent(&full);
            let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
            let absolute = folder.join(full.file_name().unwrap_or_default());
            let config = self.resolver.for_folder(&folder)?;
            let made = (absolute, self.settings.options.over(&config.options));
            configs.insert(id, made.clone());
            Ok(made)
        };

        findings.retain(|f| in_scope(f.primary.file));
        let mut selected = Vec::with_capacity(findings.len());
        for mut finding in findings {
            let (path, options) = config_of(finding.primary.file)?;
            if options.wants(&finding, &path) {
                finding.severity = options.severity(finding.rule, finding.severity, &path);
                selected.push(finding);
            }
        }
        sort(&mut selected);

        let mut notes = Vec::new();
        let mut suppressions = Vec::new();
        for (id, file) in files {
            let mut own = Vec::new();
            let parsed = FileSuppressions::parse(
                *id,
                sources.get(*id),
                file.lang,
                &self.vocabulary,
                &mut own,
            );
            if file.reported {
                notes.append(&mut own);
            }
            suppressions.extend(parsed.map(|p| (*id, p)));
        }
        suppressions.sort_by_key(|(id, _)| *id);
        let ids: Vec<FileId> = suppressions.iter().map(|(id, _)| *id).collect();
        let mut suppressions: Vec<FileSuppressions> =
            suppressions.into_iter().map(|(_, s)| s).collect();
        let (mut standing, mut suppressed) = suppress::apply(selected, &mut suppressions, sources);

        if let Some(rule) = self.vocabulary.rule(suppress::UNUSED) {
            let mut of_files = HashMap::new();
            for id in ids {
                of_files.insert(id, config_of(id)?);
            }
            // What was cut off can't be judged.
            let cut: BTreeSet<&str> = run
                .outcome
                .notifications
                .iter()
                .map(|n| n.path.as_str())
                .collect();
            let unused = suppress::unused(&suppressions, rule, |id, name| {
                let (Some((path, options)), Some(named)) =
                    (of_files.get(&id), self.vocabulary.rule(name))
                else {
                    return false;
                };
                let on = |r| options.selects(r, "", "", path);
                in_scope(id)
                    && !cut.contains(sources.get(id).display.as_str())
                    && on(rule)
                    && on(named)
            });
            for mut finding in unused {
                let (path, options) = &of_files[&finding.primary.file];
                finding.severity = options.severity(rule, finding.severity, path);
                standing.push(finding);
            }
        }
        sort(&mut standing);

        let mut shown = Vec::with_capacity(standing.len());
        for finding in standing {
            let (_, options) = config_of(finding.primary.file)?;
            if finding.severity >= options.min_severity()
                && finding.confidence >= options.min_confidence()
                && reached(&finding, &options)
            {
                run.fails |= options.fail_on().fails(finding.severity);
                shown.push(finding);
            }
        }
        let mut hidden = Vec::with_capacity(suppressed.len());
        for (finding, reason) in suppressed.drain(..) {
            let (_, options) = config_of(finding.primary.file)?;
            if finding.severity >= options.min_severity()
                && finding.confidence >= options.min_confidence()
                && reached(&finding, &options)
            {
                hidden.push((finding, reason));
            }
        }
        run.outcome.findings = shown;
        run.outcome.suppressed = hidden;
        run.outcome.notifications.append(&mut notes);
        Ok(())
    }
}

/// Whether something reaches it that may run twice at once, if that is asked for.
fn reached(finding: &Finding, options: &Options) -> bool {
    options.reachable != Some(true) || finding.reach.as_ref().is_none_or(|r| r.concurrent)
}

/// By path, byte and rule; what is equal in all of these and the identity is one.
fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| {
            (
                f.primary.file,
                f.primary.span.start,
                f.rule.id,
                f.primary.span.end,
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.identity.cmp(&b.identity))
            .then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup_by(|a, b| {
        a.primary == b.primary && a.rule.id == b.rule.id && a.identity == b.identity
    });
}
