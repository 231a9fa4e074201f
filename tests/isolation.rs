//! The isolation level: whoever names it, the verdict and the text follow.

#[path = "common/project.rs"]
mod project;

use project::Project;
use serde_json::Value;

const PROGRAM: &str = "\
from django.db import models, transaction
from rest_framework import serializers, viewsets


class Wallet(models.Model):
    coins = models.IntegerField(default=0)

    class Meta:
        app_label = \"wallets\"


class WalletSerializer(serializers.ModelSerializer):
    class Meta:
        model = Wallet
        fields = [\"coins\"]


@transaction.atomic
def spend(pk, n):
    wallet = Wallet.objects.get(pk=pk)
    wallet.coins = max(0, wallet.coins - n)
    wallet.save(update_fields=[\"coins\"])


@transaction.atomic
def open_second(owner):
    if Wallet.objects.filter(coins=owner).count() < 2:
        Wallet.objects.create(coins=owner)


class Wallets(viewsets.ModelViewSet):
    queryset = Wallet.objects.all()
    serializer_class = WalletSerializer

    def perform_update(self, serializer):
        wallet = self.get_object()
        wallet.coins = max(0, wallet.coins - 1)
        wallet.save(update_fields=[\"coins\"])
";

/// Lines, kinds and messages of what is found.
fn found(settings: &str, config: &str) -> Vec<(u64, String, String, String)> {
    let p = Project::new(&[
        ("app.py", PROGRAM),
        ("settings.py", settings),
        ("lostupdate.toml", config),
    ]);
    let ran = p.run(&["check", "-q", "--output-format", "json"]);
    assert!(ran.code < 2, "{}", ran.err);
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
    ran.out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|v| {
            (
                v["line"].as_u64().expect("a line"),
                text(&v, "anomaly"),
                text(&v, "message"),
                v["assumed"][0].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn lines(found: &[(u64, String, String, String)]) -> Vec<u64> {
    found.iter().map(|f| f.0).collect()
}

#[test]
fn nobody_says_anything() {
    let found = found("", "");
    assert_eq!(lines(&found), [22, 28, 38]);
    assert!(found[0].2.contains("at READ COMMITTED"), "{}", found[0].2);
    assert!(
        found[0]
            .3
            .starts_with("PostgreSQL at READ COMMITTED (the default")
    );
    assert_eq!(found[2].1, "scope-based");
}

#[test]
fn a_request_in_a_transaction_is_level_based_whatever_handles_it() {
    let found = found("", "atomic-requests = true\n");
    assert_eq!(found[2].0, 38);
    assert_eq!(found[2].1, "level-based");
    assert!(found[2].2.contains("level-based"), "{}", found[2].2);
}

#[test]
fn serializable_guards_what_shares_a_transaction() {
    assert_eq!(lines(&found("", "isolation = \"serializable\"\n")), [38]);
    let settings =
        "DATABASES = {\"default\": {\"OPTIONS\": {\"isolation_level\": \"serializable\"}}}\n";
    assert_eq!(lines(&found(settings, "")), [38]);
    let both = "isolation = \"serializable\"\natomic-requests = true\n";
    assert_eq!(lines(&found("", both)), [0; 0]);
}

#[test]
fn repeatable_read_refuses_the_second_writer_of_a_row_but_no_second_row() {
    assert_eq!(
        lines(&found("", "isolation = \"repeatable-read\"\n")),
        [28, 38]
    );
}

#[test]
fn the_level_of_another_database_is_named() {
    let found = found("", "database = \"mysql\"\n");
    assert_eq!(lines(&found), [22, 28, 38]);
    assert!(found[0].2.contains("at REPEATABLE READ"), "{}", found[0].2);
    assert!(
        found[0].3.starts_with("MySQL at REPEATABLE READ"),
        "{}",
        found[0].3
    );
}
