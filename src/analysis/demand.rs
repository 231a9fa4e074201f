//! Files that no pack has an anchor in, but that stand between what is called from outside and a store: a handler's
//! module imports the service, the service imports the module that knows the client.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::{InputFile, ProjectInput};
use crate::syntax::Lang;

/// The files (indices into the project's) that lead from the `parsed` ones to the `stores`, over files that are not
/// parsed yet. Go files stand and fall with their packages.
pub(super) fn between(
    input: &ProjectInput<'_>,
    parsed: &FxHashSet<usize>,
    stores: &FxHashSet<usize>,
    go_modules: &[(String, String)],
) -> Vec<usize> {
    if stores.is_empty() {
        return Vec::new();
    }
    let places = Places::new(input, go_modules);
    let edges: Vec<Vec<usize>> = input
        .files
        .iter()
        .map(|f| places.imports(input, f))
        .collect();
    let follow = |from: Vec<usize>, edges: &[Vec<usize>]| {
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut work = from;
        while let Some(i) = work.pop() {
            for &next in &edges[i] {
                if !parsed.contains(&next) && seen.insert(next) {
                    work.push(next);
                }
            }
        }
        seen
    };
    let ahead = follow(parsed.iter().copied().collect(), &edges);
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (i, targets) in edges.iter().enumerate() {
        for &t in targets {
            back[t].push(i);
        }
    }
    let behind = follow(stores.iter().copied().collect(), &back);
    let mut out: Vec<usize> = ahead.intersection(&behind).copied().collect();
    out.sort_unstable();
    out
}

/// Where modules and packages stand.
struct Places<'a> {
    /// Python modules by dotted path and by every end of it.
    modules: FxHashMap<String, Vec<usize>>,
    /// Go files by folder.
    folders: FxHashMap<&'a str, Vec<usize>>,
    go_modules: &'a [(String, String)],
}

impl<'a> Places<'a> {
    fn new(input: &'a ProjectInput<'_>, go_modules: &'a [(String, String)]) -> Self {
        let mut modules: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut folders: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (i, f) in input.files.iter().enumerate() {
            match f.lang {
                Lang::Go => folders.entry(folder(&f.relative)).or_default().push(i),
                Lang::Python => {
                    let path = crate::project::facts::python_module(&f.relative);
                    let mut end = path.as_str();
                    loop {
                        modules.entry(end.to_owned()).or_default().push(i);
                        match end.split_once('.') {
                            Some((_, rest)) => end = rest,
                            None => break,
                        }
                    }
                }
            }
        }
        Self {
            modules,
            folders,
            go_modules,
        }
    }

    /// The files that a file imports.
    fn imports(&self, input: &ProjectInput<'_>, f: &InputFile) -> Vec<usize> {
        let text = &input.sources.get(f.id).text;
        let mut out = Vec::new();
        for module in f.outline.modules(text, f.lang) {
            match f.lang {
                Lang::Python => {
                    let absolute = match module.strip_prefix('.') {
                        Some(_) => match above(&f.relative, &module) {
                            Some(path) => path,
                            None => continue,
                        },
                        None => module,
                    };
                    out.extend(self.modules.get(&absolute).into_iter().flatten());
                }
                Lang::Go => {
                    for (dir, path) in self.go_modules {
                        let Some(rest) = module.strip_prefix(path.as_str()) else {
                            continue;
                        };
                        let rest = rest.trim_start_matches('/');
                        let place = match (dir.is_empty(), rest.is_empty()) {
                            (true, _) => rest.to_owned(),
                            (false, true) => dir.clone(),
                            (false, false) => format!("{dir}/{rest}"),
                        };
                        out.extend(self.folders.get(place.as_str()).into_iter().flatten());
                    }
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |x| x.0)
}

/// `..models` as seen from a file, as a dotted path from the project's root.
fn above(path: &str, module: &str) -> Option<String> {
    let name = module.trim_start_matches('.');
    let mut at = folder(path);
    for _ in 1..module.len() - name.len() {
        at = at.rsplit_once('/').map_or("", |x| x.0);
    }
    let mut out = at.replace('/', ".");
    if !name.is_empty() {
        if !out.is_empty() {
            out.push('.');
        }
        out.push_str(name);
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_imports_are_made_absolute() {
        let from = |module| above("shop/api/views.py", module);
        assert_eq!(from(".forms").as_deref(), Some("shop.api.forms"));
        assert_eq!(from("..models.order").as_deref(), Some("shop.models.order"));
        assert_eq!(from(".").as_deref(), Some("shop.api"));
    }
}
