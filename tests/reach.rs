//! What reaches a function: commands, set-ups and scripts that run once, migrations, and what nobody refers to.

#[path = "common/project.rs"]
mod project;

use project::Project;

const MODELS: &str = "from django.db import models\n\nclass Tank(models.Model):\n    level = models.IntegerField(default=0)\n";

/// The ids of the doubts about what is found in a file, by line.
fn doubts(p: &Project, path: &str) -> Vec<(u64, Vec<String>)> {
    let ran = p.run(&["check", "--output-format", "json"]);
    ran.out
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).expect("JSON"))
        .filter(|j| j["path"] == path)
        .map(|j| {
            let ids = j["doubts"].as_array().expect("doubts");
            let id = |d: &serde_json::Value| d["id"].as_str().expect("an id").to_owned();
            (
                j["line"].as_u64().expect("a line"),
                ids.iter().map(id).collect(),
            )
        })
        .collect()
}

#[test]
fn a_command_runs_once_unless_it_polls() {
    let command = |body: &str| {
        format!(
            "from django.core.management.base import BaseCommand\nfrom works.models import Tank\n\n\
             class Command(BaseCommand):\n    def handle(self, *args, **options):\n{body}"
        )
    };
    let once = command(
        "        tank = Tank.objects.get(pk=options['tank'])\n        tank.level += 1\n        tank.save()\n",
    );
    let polls = command(
        "        while True:\n            tank = Tank.objects.get(pk=options['tank'])\n            tank.level += 1\n            tank.save()\n",
    );
    let p = Project::new(&[
        ("manage.py", ""),
        ("works/__init__.py", ""),
        ("works/models.py", MODELS),
        ("works/management/commands/once.py", &once),
        ("works/management/commands/polls.py", &polls),
    ]);
    assert_eq!(
        doubts(&p, "works/management/commands/once.py"),
        [(8, vec!["single-run".to_owned()])]
    );
    assert_eq!(
        doubts(&p, "works/management/commands/polls.py"),
        [(9, Vec::new())]
    );
}

#[test]
fn a_handler_of_migrations_is_silent() {
    let apps = "from django.apps import AppConfig\nfrom django.db.models.signals import post_migrate\nfrom works.models import Tank\n\n\
                def fill(sender, **kwargs):\n    tank = Tank.objects.get(pk=1)\n    tank.level += 1\n    tank.save()\n\n\
                class Works(AppConfig):\n    def ready(self):\n        post_migrate.connect(fill, sender=self)\n";
    let p = Project::new(&[
        ("manage.py", ""),
        ("works/__init__.py", ""),
        ("works/models.py", MODELS),
        ("works/apps.py", apps),
    ]);
    assert_eq!(doubts(&p, "works/apps.py"), []);
}

#[test]
fn what_nobody_refers_to_may_not_be_reached() {
    let views = "from works.models import Tank\n\n\
                 def fill(pk):\n    tank = Tank.objects.get(pk=pk)\n    tank.level += 1\n    tank.save()\n";
    let files = [
        ("manage.py", ""),
        ("works/__init__.py", "from .views import fill\n"),
        ("works/models.py", MODELS),
        ("works/views.py", views),
        (
            "works/tests/test_views.py",
            "from works.views import fill\nfill(1)\n",
        ),
    ];
    let p = Project::new(&files);
    assert_eq!(
        doubts(&p, "works/views.py"),
        [(6, vec!["reachability-unknown".to_owned()])]
    );
    // A file that needs no parsing refers to it.
    p.write(
        "works/urls.py",
        b"from works import views\nroutes = [('fill', views.fill)]\n",
    );
    assert_eq!(doubts(&p, "works/views.py"), [(6, Vec::new())]);
}

#[test]
fn a_migration_is_silent_and_a_handler_with_a_registry_is_not() {
    let text = "def fill(apps, schema_editor):\n    Tank = apps.get_model('works', 'Tank')\n    for tank in Tank.objects.all():\n        tank.level += 1\n        tank.save()\n";
    let files = [
        ("manage.py", ""),
        ("works/__init__.py", ""),
        ("works/models.py", MODELS),
        ("works/fill.py", text),
        (
            "works/migrations/0002.py",
            "from works.fill import fill\nfill\n",
        ),
    ];
    let p = Project::new(&files);
    assert_eq!(doubts(&p, "works/fill.py"), []);
    p.write(
        "works/set_up.py",
        b"from works.fill import fill\nhandlers = [fill]\n",
    );
    assert_eq!(doubts(&p, "works/fill.py"), [(5, Vec::new())]);
}

#[test]
fn a_script_inside_of_a_package_does_not_part_the_project() {
    // The caller holds the lock; it imports by the name from the root.
    let locked = "from django.db import transaction\nfrom works.app.models import Tank\nfrom works.app.levels import raise_level\n\n\
                  def view(request, pk):\n    with transaction.atomic():\n        tank = Tank.objects.select_for_update().get(pk=pk)\n        raise_level(tank)\n";
    let levels = "from .models import Tank\n\ndef raise_level(tank: Tank):\n    tank.level += 1\n    tank.save(update_fields=['level'])\n";
    let p = Project::new(&[
        ("pyproject.toml", ""),
        ("works/__init__.py", ""),
        ("works/app/__init__.py", ""),
        ("works/app/manage.py", "import django\n"),
        ("works/app/models.py", MODELS),
        ("works/app/levels.py", levels),
        ("works/views.py", locked),
    ]);
    assert_eq!(doubts(&p, "works/app/levels.py"), []);
}
