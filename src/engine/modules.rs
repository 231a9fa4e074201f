//! Go modules that are replaced by folders beside them are one project with whoever replaces them, and those of one
//! workspace are one project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::InputFile;
use crate::files::walk;

/// Puts the projects together that `replace example.com/a => ../a` or a `go.work` ties to each other, under the folder
/// above them.
pub(super) fn tied(
    mut by_root: BTreeMap<PathBuf, Vec<InputFile>>,
) -> BTreeMap<PathBuf, Vec<InputFile>> {
    let mut groups: Vec<Vec<PathBuf>> = Vec::new();
    for root in by_root.keys() {
        let mut group: Vec<PathBuf> = named(root)
            .into_iter()
            .filter(|target| by_root.contains_key(target))
            .collect();
        if group.is_empty() {
            continue;
        }
        group.push(root.clone());
        // Whatever is tied to one of these already belongs to it too.
        let (linked, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|g| g.iter().any(|r| group.contains(r)));
        groups = apart;
        group.extend(linked.into_iter().flatten());
        group.sort();
        group.dedup();
        groups.push(group);
    }
    for group in groups {
        let Some(above) = above(&group) else { continue };
        let mut files = by_root.remove(&above).unwrap_or_default();
        for root in group.iter().filter(|r| **r != above) {
            for mut file in by_root.remove(root).into_iter().flatten() {
                let path = root.join(&file.relative);
                file.relative = walk::display(path.strip_prefix(&above).unwrap_or(&path), &above);
                files.push(file);
            }
        }
        files.sort_by(|a, b| a.relative.cmp(&b.relative));
        by_root.insert(above, files);
    }
    by_root
}

/// The modules that are one project with the one in `root`: those that it replaces, and those beside it that replace
/// it, with theirs.
pub(super) fn tied_to(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    if !root.join("go.mod").exists() {
        return found;
    }
    let mut work = vec![root.to_owned()];
    while let Some(module) = work.pop() {
        let beside = module
            .parent()
            .and_then(|folder| std::fs::read_dir(folder).ok());
        let users = beside
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|folder| replaced(folder).contains(&module));
        for other in users.chain(named(&module)) {
            if other.join("go.mod").exists() && found.insert(other.clone()) {
                work.push(other);
            }
        }
    }
    found
}

/// The modules that a module's own files tie it to.
fn named(root: &Path) -> Vec<PathBuf> {
    let mut out = replaced(root);
    out.extend(workspace(root));
    out
}

/// The other modules of the workspace that a module is part of: those that the nearest `go.work` uses, if it is one.
fn workspace(root: &Path) -> Vec<PathBuf> {
    if !root.join("go.mod").exists() {
        return Vec::new();
    }
    let mut texts = root.ancestors().filter_map(|folder| {
        Some((
            folder,
            std::fs::read_to_string(folder.join("go.work")).ok()?,
        ))
    });
    let Some((folder, text)) = texts.next() else {
        return Vec::new();
    };
    let mut block = false;
    let mut used = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let rest = match line.strip_prefix("use") {
            Some(rest) if rest.trim() == "(" => {
                block = true;
                continue;
            }
            Some(rest) if !block && rest.starts_with([' ', '\t']) => rest.trim(),
            _ if line == ")" => {
                block = false;
                continue;
            }
            _ if block => line,
            _ => continue,
        };
        if !rest.is_empty() {
            used.push(normal(&folder.join(rest.trim_matches('"'))));
        }
    }
    if !used.iter().any(|u| u == root) {
        return Vec::new();
    }
    used.retain(|u| u != root);
    used
}

/// The folders by which a module's `go.mod` replaces others.
fn replaced(root: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(root.join("go.mod")) else {
        return Vec::new();
    };
    text.lines()
        .filter_map(|line| line.split("//").next()?.split_once("=>"))
        .map(|(_, target)| target.trim())
        .filter(|target| target.starts_with("./") || target.starts_with("../") || *target == "..")
        .map(|target| normal(&root.join(target)))
        .collect()
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The deepest folder that holds all of these.
fn above(paths: &[PathBuf]) -> Option<PathBuf> {
    let first = paths.first()?;
    let holds = |folder: &&Path| paths.iter().all(|p| p.starts_with(folder));
    first.ancestors().find(holds).map(Path::to_owned)
}
