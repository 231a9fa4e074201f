//! What reaches a finding, as users see it: in each output, in the doubts, and through `--reachable`.

#[path = "common/project.rs"]
mod project;

use project::Project;
use serde_json::{Value, json};

const MODELS: &str = "\
from django.db import models


class Seat(models.Model):
    sold = models.IntegerField(default=0)

    def sell(self, n):
        self.sold = self.sold + n
        self.save(update_fields=['sold'])
";

const VIEWS: &str = "\
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from .models import Seat


@require_POST
def sell(request, pk):
    Seat.objects.get(pk=pk).sell(1)
    return HttpResponse(status=204)
";

const URLS: &str = "\
from django.urls import include, path

from . import views

urlpatterns = [path('seats/', include([path('<int:pk>/sell/', views.sell)]))]
";

const COMMAND: &str = "\
from django.core.management.base import BaseCommand

from hall.models import Seat


class Command(BaseCommand):
    def handle(self, *args, **options):
        seat = Seat.objects.get(pk=options['pk'])
        seat.sold = seat.sold + 1
        seat.save(update_fields=['sold'])
";

const LOOSE: &str = "\
from .models import Seat


def mend(pk):
    seat = Seat.objects.get(pk=pk)
    seat.sold = seat.sold + 1
    seat.save(update_fields=['sold'])
";

fn hall() -> Project {
    Project::new(&[
        ("manage.py", "import django\n"),
        ("hall/__init__.py", ""),
        ("hall/models.py", MODELS),
        ("hall/views.py", VIEWS),
        ("hall/urls.py", URLS),
        ("hall/loose.py", LOOSE),
        ("hall/management/commands/mend.py", COMMAND),
    ])
}

fn json_lines(p: &Project, args: &[&str]) -> Vec<Value> {
    let ran = p.run(&[&["check", "-q", "--output-format", "json"], args].concat());
    ran.out
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect()
}

fn of<'a>(found: &'a [Value], path: &str) -> &'a Value {
    found.iter().find(|f| f["path"] == path).expect("a finding")
}

fn doubts(finding: &Value) -> Vec<&str> {
    finding["doubts"]
        .as_array()
        .expect("doubts")
        .iter()
        .map(|d| d["id"].as_str().expect("an id"))
        .collect()
}

#[test]
fn json_lists_endpoints_and_doubts() {
    let p = hall();
    let found = json_lines(&p, &[]);
    assert_eq!(found.len(), 3);
    let request = of(&found, "hall/models.py");
    assert_eq!(
        request["endpoints"],
        json!([{
            "kind": "request",
            "methods": ["POST"],
            "path": "/seats/<int:pk>/sell/",
            "handler": "hall.views.sell",
            "single_run": false,
        }])
    );
    assert_eq!(request["endpoint_count"], 1);
    assert_eq!(doubts(request), [""; 0]);
    let command = of(&found, "hall/management/commands/mend.py");
    assert_eq!(command["endpoints"][0]["kind"], "command");
    assert_eq!(command["endpoints"][0]["path"], "mend");
    assert_eq!(command["endpoints"][0]["single_run"], true);
    assert_eq!(doubts(command), ["single-run"]);
    let loose = of(&found, "hall/loose.py");
    assert_eq!(loose["endpoints"], json!([]));
    assert_eq!(doubts(loose), ["reachability-unknown"]);
}

#[test]
fn reachable_keeps_what_may_run_twice_at_once() {
    let p = hall();
    let paths = |found: Vec<Value>| -> Vec<String> {
        found
            .iter()
            .map(|f| f["path"].as_str().expect("a path").to_owned())
            .collect()
    };
    assert_eq!(paths(json_lines(&p, &["--reachable"])), ["hall/models.py"]);
    p.write("lostupdate.toml", b"reachable = true\n");
    assert_eq!(paths(json_lines(&p, &[])), ["hall/models.py"]);
    let rest = p.run(&["check", "-q", "--reachable", "hall/loose.py"]);
    rest.expect(0);
    assert_eq!(rest.out, "");
}

#[test]
fn a_command_that_goes_on_is_no_single_run() {
    let p = hall();
    let polling = COMMAND.replace("        seat", "            seat").replace(
        "            seat = ",
        "        while True:\n            seat = ",
    ) + "            time.sleep(1)\n";
    let text = format!("import time\n{polling}");
    p.write("hall/management/commands/mend.py", text.as_bytes());
    let found = json_lines(&p, &["--reachable"]);
    let command = of(&found, "hall/management/commands/mend.py");
    assert_eq!(command["endpoints"][0]["single_run"], false);
    assert_eq!(doubts(command), [""; 0]);
}

/// The loop stands three calls off on one way, and further than is looked on another, whichever is named first.
#[test]
fn how_far_off_an_endless_loop_is_does_not_hang_on_the_order_of_calls() {
    for (near, far) in [("alpha", "zulu"), ("zulu", "alpha")] {
        let p = hall();
        let command = COMMAND.to_owned() + &format!("        {far}()\n        {near}()\n");
        let steps = format!(
            "def {near}():\n    shared_step()\n\n\ndef {far}():\n    second_step()\n\n\ndef second_step():\n    \
             third_step()\n\n\ndef third_step():\n    shared_step()\n\n\ndef shared_step():\n    keep_going()\n\n\n\
             def keep_going():\n    while True:\n        print('on')\n\n\n"
        );
        let command = command.replace("class Command", &(steps + "class Command"));
        p.write("hall/management/commands/mend.py", command.as_bytes());
        let found = json_lines(&p, &[]);
        let command = of(&found, "hall/management/commands/mend.py");
        assert_eq!(command["endpoints"][0]["single_run"], false, "{near}");
    }
}

#[test]
fn text_names_them() {
    let p = hall();
    let full = p.run(&["check", "-q", "hall/models.py"]);
    assert!(
        full.out
            .contains("  reached by: POST /seats/<int:pk>/sell/ (hall.views.sell)\n"),
        "{}",
        full.out
    );
    let concise = p.run(&["check", "-q", "--output-format", "concise"]);
    let lines: Vec<&str> = concise.out.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("hall/loose.py:7:5: ") && !lines[0].contains("reached by"));
    assert!(lines[1].ends_with(" (reached by command mend)"));
    assert!(lines[2].ends_with(" (reached by POST /seats/<int:pk>/sell/)"));
}

#[test]
fn sarif_has_them_as_properties() {
    let p = hall();
    let ran = p.run(&["check", "-q", "--output-format", "sarif", "hall/models.py"]);
    let log: Value = serde_json::from_str(&ran.out).expect("JSON");
    let properties = &log["runs"][0]["results"][0]["properties"];
    assert_eq!(properties["endpointCount"], 1);
    assert_eq!(
        properties["endpoints"],
        json!([{
            "kind": "request",
            "methods": ["POST"],
            "path": "/seats/<int:pk>/sell/",
            "handler": "hall.views.sell",
            "singleRun": false,
        }])
    );
}

#[test]
fn many_are_counted() {
    let paths: String = (0..9)
        .map(|i| format!("    path('v{i}/<int:pk>/', views.sell),\n"))
        .collect();
    let p = hall();
    let urls = format!(
        "from django.urls import path\n\nfrom . import views\n\nurlpatterns = [\n{paths}]\n"
    );
    p.write("hall/urls.py", urls.as_bytes());
    let found = json_lines(&p, &["hall/models.py"]);
    assert_eq!(found[0]["endpoints"].as_array().expect("a list").len(), 5);
    assert_eq!(found[0]["endpoint_count"], 9);
    let full = p.run(&["check", "-q", "hall/models.py"]);
    assert!(full.out.contains(" and 4 more\n"), "{}", full.out);
}

#[test]
fn a_script_inside_of_a_package_does_not_split_the_project() {
    let p = Project::new(&[
        ("pyproject.toml", ""),
        ("hall/__init__.py", ""),
        ("hall/manage.py", "import django\n"),
        ("hall/models.py", MODELS),
        ("hall/views.py", VIEWS),
        (
            "site/urls.py",
            "from django.urls import path\n\nfrom hall.views import sell\n\nurlpatterns = [path('sell/', sell)]\n",
        ),
    ]);
    let found = json_lines(&p, &["hall/models.py"]);
    assert_eq!(found[0]["endpoints"][0]["path"], "/sell/");
    assert_eq!(found[0]["endpoints"][0]["handler"], "hall.views.sell");
}

const DESK: &str = r#"package hall

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Seat struct {
	Id   string `dynamodbav:"id"`
	Sold int    `dynamodbav:"sold"`
}

type Desk struct{ db *dynamodb.Client }

func (d *Desk) Sell() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { d.sell(r.Context(), r.PathValue("id")) }
}

func (d *Desk) sell(ctx context.Context, id string) error {
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("seats"), Key: key})
	if err != nil {
		return err
	}
	var seat Seat
	if err := attributevalue.UnmarshalMap(out.Item, &seat); err != nil {
		return err
	}
	seat.Sold++
	item, err := attributevalue.MarshalMap(seat)
	if err != nil {
		return err
	}
	_, err = d.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("seats"), Item: item})
	return err
}
"#;

#[test]
fn a_function_made_for_requests_answers_them_though_nobody_in_sight_registers_it() {
    let p = Project::new(&[
        ("go.mod", "module example.com/hall\n\ngo 1.22\n"),
        ("desk.go", DESK),
    ]);
    let found = json_lines(&p, &["--reachable"]);
    let sell = of(&found, "desk.go");
    assert_eq!(sell["endpoints"][0]["kind"], "request");
    assert_eq!(sell["endpoints"][0]["path"], Value::Null);
    assert_eq!(sell["endpoints"][0]["single_run"], false);
    assert_eq!(doubts(sell), [""; 0]);
}

#[test]
fn packs_of_ones_own_teach_entry_points() {
    let pack = r#";;; pack: acme
;;; language: python
;;; store: none
;;; kind acme.bus: router

((call function: (_) @f) @call (#set! path "acme.Bus") (#set! does "router") (#set! prefix "pos:0") (#set! returns "kind:acme.bus"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "on")
  (#set! recv "acme.bus") (#set! does "endpoint") (#set! route "pos:0") (#set! methods "'SEND'"))
"#;
    let p = hall();
    p.write("queries/acme.scm", pack.as_bytes());
    let loose = LOOSE.replace(
        "\n\ndef",
        "from acme import Bus\n\nbus = Bus('/bus')\n\n\n@bus.on('mend')\ndef",
    );
    p.write("hall/loose.py", loose.as_bytes());
    let found = json_lines(&p, &["--extra-queries", "queries", "hall/loose.py"]);
    assert_eq!(found[0]["endpoints"][0]["path"], "/bus/mend");
    assert_eq!(found[0]["endpoints"][0]["methods"], json!(["SEND"]));
}
