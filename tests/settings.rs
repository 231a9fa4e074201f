//! What a project's settings say changes what is a race: a lock needs a transaction, which may come with the request.

use std::fs;

use assert_cmd::Command;

const MODELS: &str = "\
from django.db import models


class Item(models.Model):
    stock = models.IntegerField()

    class Meta:
        app_label = \"shop\"
";

const VIEWS: &str = "\
from django.http import HttpRequest, HttpResponse

from shop.models import Item


def buy(request: HttpRequest, pk: int) -> HttpResponse:
    item = Item.objects.select_for_update().get(pk=pk)
    item.stock -= 1
    item.save(update_fields=[\"stock\"])
    return HttpResponse(\"ok\")
";

fn found(atomic_requests: &str) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let shop = dir.path().join("shop");
    fs::create_dir(&shop).expect("a folder in it");
    let settings =
        format!("DATABASES = {{\"default\": {{\"ATOMIC_REQUESTS\": {atomic_requests}}}}}\n");
    for (name, text) in [
        ("settings.py", settings.as_str()),
        ("models.py", MODELS),
        ("views.py", VIEWS),
    ] {
        fs::write(shop.join(name), text).expect("a file in it");
    }
    let out = Command::cargo_bin("lostupdate")
        .expect("the binary")
        .args(["check", "--output-format", "concise", "."])
        .current_dir(dir.path())
        .output()
        .expect("a run");
    String::from_utf8(out.stdout).expect("UTF-8")
}

#[test]
fn a_request_in_a_transaction_holds_its_row_locks() {
    assert_eq!(found("True"), "");
}

#[test]
fn without_one_a_row_lock_is_released_at_once() {
    let text = found("False");
    assert!(
        text.contains("shop/views.py:9:5: lock-outside-transaction"),
        "{text}"
    );
}
