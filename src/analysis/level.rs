//! What is assumed of a project's surroundings: its database, the isolation level of its transactions.

use crate::config::{Database, Isolation};
use crate::symbol::{Sym, intern};

/// What is assumed of the surroundings of a project.
#[derive(Clone, Copy, Debug)]
pub struct Assumed {
    /// Each request runs in a transaction (a setting of the framework).
    pub atomic_requests: bool,
    /// The database's name, as its driver gives it.
    pub vendor: Sym,
    /// The isolation level of its transactions.
    pub level: Level,
}

/// An isolation level, and what it does to two transactions that change what both have read.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// The database, as people write it.
    pub database: &'static str,
    /// The level, as people write it.
    pub name: &'static str,
    /// Who says so.
    pub from: From,
    /// The second writer of a row that was changed since its transaction read it is refused.
    pub refuses_second: bool,
    /// Whatever would not have come about one after the other is refused.
    pub serializes: bool,
    /// The plain reads of a transaction see what was there when it began, or keep others from changing it.
    pub steady: bool,
}

/// Who says at which isolation level transactions run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum From {
    /// Nobody: it is the database's default.
    Default,
    /// The configuration.
    Configuration,
    /// The project's settings.
    Settings,
}

impl Default for Assumed {
    fn default() -> Self {
        Self::new(false, None, None, None)
    }
}

impl Assumed {
    /// From what the configuration says, and the level that the project's settings name.
    pub fn new(
        atomic_requests: bool,
        database: Option<Database>,
        isolation: Option<Isolation>,
        setting: Option<&str>,
    ) -> Self {
        let kind = database.unwrap_or(Database::Postgresql);
        let set = setting.and_then(in_settings);
        let (level, from) = match (isolation, set) {
            (Some(level), _) => (level, From::Configuration),
            (None, Some(level)) => (level, From::Settings),
            (None, None) => (default_of(kind), From::Default),
        };
        // What PostgreSQL and SQL Server call by these names keeps a snapshot and refuses who would overwrite
        // something newer. MySQL keeps one as well, but lets the writer through.
        let snapshot = matches!(
            (kind, level),
            (Database::Postgresql, Isolation::RepeatableRead)
                | (_, Isolation::Snapshot)
                | (Database::Oracle, Isolation::Serializable)
                // The locks of its reads last until the end: of two that have read, one is chosen as victim.
                | (Database::Sqlserver, Isolation::RepeatableRead)
        );
        let serializes = level == Isolation::Serializable && kind != Database::Oracle;
        Self {
            atomic_requests,
            vendor: intern(match kind {
                Database::Postgresql => "postgresql",
                Database::Mysql | Database::Mariadb => "mysql",
                Database::Sqlite => "sqlite",
                Database::Oracle => "oracle",
                Database::Sqlserver => "microsoft",
            }),
            level: Level {
                database: match kind {
                    Database::Postgresql => "PostgreSQL",
                    Database::Mysql => "MySQL",
                    Database::Mariadb => "MariaDB",
                    Database::Sqlite => "SQLite",
                    Database::Oracle => "Oracle",
                    Database::Sqlserver => "SQL Server",
                },
                name: name(level),
                from,
                refuses_second: snapshot || serializes,
                serializes,
                steady: matches!(
                    level,
                    Isolation::RepeatableRead | Isolation::Snapshot | Isolation::Serializable
                ),
            },
        }
    }
}

impl Level {
    /// What was assumed, and who says so.
    pub fn text(&self) -> String {
        let from = match self.from {
            From::Default => "the default; set `isolation` if it is another",
            From::Configuration => "the configuration says so",
            From::Settings => "the project's settings say so",
        };
        format!("{} at {} ({from})", self.database, self.name)
    }
}

fn name(level: Isolation) -> &'static str {
    match level {
        Isolation::ReadUncommitted => "READ UNCOMMITTED",
        Isolation::ReadCommitted => "READ COMMITTED",
        Isolation::RepeatableRead => "REPEATABLE READ",
        Isolation::Snapshot => "SNAPSHOT",
        Isolation::Serializable => "SERIALIZABLE",
    }
}

fn default_of(database: Database) -> Isolation {
    match database {
        Database::Mysql | Database::Mariadb => Isolation::RepeatableRead,
        Database::Sqlite => Isolation::Serializable,
        Database::Postgresql | Database::Oracle | Database::Sqlserver => Isolation::ReadCommitted,
    }
}

/// The level in a setting: `"serializable"`, `ISOLATION_LEVEL_REPEATABLE_READ`.
fn in_settings(text: &str) -> Option<Isolation> {
    let text = text.to_lowercase().replace([' ', '-'], "_");
    [
        ("read_uncommitted", Isolation::ReadUncommitted),
        ("read_committed", Isolation::ReadCommitted),
        ("repeatable_read", Isolation::RepeatableRead),
        ("snapshot", Isolation::Snapshot),
        ("serializable", Isolation::Serializable),
    ]
    .into_iter()
    .find(|(name, _)| text.ends_with(name))
    .map(|(_, level)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_the_level() {
        let none = Assumed::default().level;
        assert_eq!((none.name, none.from), ("READ COMMITTED", From::Default));
        assert!(!none.refuses_second);
        let set = Assumed::new(false, None, None, Some("ISOLATION_LEVEL_SERIALIZABLE")).level;
        assert_eq!((set.name, set.from), ("SERIALIZABLE", From::Settings));
        assert!(set.serializes);
        let over = Assumed::new(
            false,
            None,
            Some(Isolation::RepeatableRead),
            Some("serializable"),
        );
        assert_eq!(over.level.from, From::Configuration);
        assert!(over.level.refuses_second && !over.level.serializes);
    }

    #[test]
    fn repeatable_reads_of_mysql_let_the_second_writer_through() {
        let level = Assumed::new(false, Some(Database::Mysql), None, None).level;
        assert_eq!(level.name, "REPEATABLE READ");
        assert!(!level.refuses_second);
    }
}
