//! Findings made by hand, over small sources.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;
use std::sync::Arc;

use lostupdate::files::{FileId, LineIndex, SourceFile, Sources};
use lostupdate::report::finding::{
    Anomaly, DoubtNote, Endpoint, Finding, GuardNote, Loc, Notification, Outcome, Reach, Role,
    Step, Turn,
};
use lostupdate::rules::{self, Confidence, Severity};
use lostupdate::stores::vocabulary::Entry;
use lostupdate::syntax::Span;

pub(crate) const SHOP: &str = "\
@transaction.atomic
def buy(request, pk):
    product = Product.objects.get(pk=pk)
    logger.info(\"buying\")
    quantity = int(request.POST[\"quantity\"])

    if product.stock < quantity:
        raise OutOfStock

    product.stock -= quantity
    product.save()
";

const HELPER: &str = "\
def reserve(seat, user):
    seat.holder = user
    seat.save()
";

const HANDLER: &str = "\
def book(request, pk):
    seat = Seat.objects.get(pk=pk)
    if seat.holder is None:
        reserve(seat, request.user)
";

// Two code units each in UTF-16 for the book, one for the letter with its accent; every line ends in CRLF.
const CRLF: &str =
    "def f(pk):\r\n    \u{1f4d5}\u{e9} = \"x\"; row = T.get(pk)\r\n    row.put(\r\n        1)\r\n";

fn source(path: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile {
        path: PathBuf::from(path),
        display: path.to_owned(),
        text: text.into(),
        lines: LineIndex::new(text),
    })
}

fn loc(sources: &Sources, file: u32, what: &str) -> Loc {
    let start = sources.files[file as usize].text.find(what).expect(what) as u32;
    Loc {
        file: FileId(file),
        span: Span {
            start,
            end: start + what.len() as u32,
        },
    }
}

fn step(role: Role, loc: Loc, text: &str) -> Step {
    Step {
        role,
        loc,
        text: text.to_owned(),
    }
}

fn turn(actor: u8, step: usize, text: &str) -> Turn {
    Turn {
        actor,
        step,
        text: text.to_owned(),
    }
}

fn only(finding: Finding, sources: Sources) -> (Outcome, Sources) {
    let outcome = Outcome {
        findings: vec![finding],
        ..Outcome::default()
    };
    (outcome, sources)
}

fn shop_finding(sources: &Sources, file: u32) -> Finding {
    let read = loc(sources, file, "Product.objects.get(pk=pk)");
    let check = loc(sources, file, "product.stock < quantity");
    let write = loc(sources, file, "product.save()");
    Finding {
        rule: rules::by_id("lost-update").unwrap(),
        severity: Severity::Error,
        confidence: Confidence::High,
        primary: write,
        message: "`stock` of Product is written from a value that another request may have changed since. \
                  It is level-based: the transaction spans read and write, but does not lock the row."
            .to_owned(),
        anomaly: Some(Anomaly::LevelBased),
        store: "relational".to_owned(),
        pack: "django".to_owned(),
        entity: "Product(pk=pk)".to_owned(),
        fields: vec!["stock".to_owned()],
        function: "shop.views.buy".to_owned(),
        function_loc: loc(sources, file, "def buy(request, pk):"),
        steps: vec![
            step(Role::Read, read, "reads stock"),
            step(Role::Check, check, "tests the value read"),
            step(Role::Write, write, "writes stock = stock - quantity"),
        ],
        timeline: vec![
            turn(0, 0, "reads stock = n of Product(pk=pk)"),
            turn(1, 0, "reads the same stock"),
            turn(0, 2, "writes stock = n - quantity"),
            turn(1, 2, "overwrites it: A's update is lost"),
        ],
        related: Vec::new(),
        guards: vec![GuardNote {
            text: "the transaction alone does not prevent it at READ COMMITTED".to_owned(),
            loc: Some(loc(sources, file, "@transaction.atomic")),
        }],
        doubts: vec![DoubtNote {
            id: "reachability-unknown",
            weight: "minor",
            text: "no route to this function was found".to_owned(),
            loc: None,
        }],
        reach: Some(Reach::default()),
        remedy: "Product.objects.filter(pk=pk, stock__gte=quantity).update(stock=F(\"stock\") - quantity)".to_owned(),
        caveat: Some("look at the count that it returns: 0 means that the stock did not suffice".to_owned()),
        assumed: vec!["PostgreSQL at READ COMMITTED (default)".to_owned()],
        statements: vec![read, write],
        identity: "lost-update|Product|stock|shop.views.buy".to_owned(),
    }
}

pub(crate) fn lost_update() -> (Outcome, Sources) {
    let sources = Sources {
        files: vec![source("shop/views.py", SHOP)],
    };
    only(shop_finding(&sources, 0), sources)
}

fn seat_finding(sources: &Sources, handler: u32, helper: u32) -> Finding {
    let read = loc(sources, handler, "Seat.objects.get(pk=pk)");
    let check = loc(sources, handler, "seat.holder is None");
    let call = loc(sources, handler, "reserve(seat, request.user)");
    let write = loc(sources, helper, "seat.save()");
    Finding {
        rule: rules::by_id("check-then-act").unwrap(),
        severity: Severity::Error,
        confidence: Confidence::Medium,
        primary: call,
        message: "Two requests can both find that Seat has no `holder` (args[0](x)) and both set it. \
                  It is scope-based: no transaction spans the test and the write."
            .to_owned(),
        anomaly: Some(Anomaly::ScopeBased),
        store: "relational".to_owned(),
        pack: "django".to_owned(),
        entity: "Seat(pk=pk)".to_owned(),
        fields: vec!["holder".to_owned()],
        function: "booking.views.book".to_owned(),
        function_loc: loc(sources, handler, "def book(request, pk):"),
        steps: vec![
            step(Role::Read, read, "reads holder"),
            step(Role::Check, check, "decides on it"),
            step(Role::Call, call, "leads to the write"),
            step(Role::Write, write, "writes holder"),
        ],
        timeline: vec![
            turn(0, 0, "reads holder = None"),
            turn(1, 0, "reads holder = None"),
            turn(0, 1, "passes the test"),
            turn(1, 1, "passes the test"),
            turn(0, 3, "writes holder = A"),
            turn(1, 3, "writes holder = B: A's claim is lost"),
        ],
        related: Vec::new(),
        guards: Vec::new(),
        doubts: Vec::new(),
            reach: Some(Reach {
            endpoints: vec![Endpoint {
                kind: Entry::Request,
                path: Some("/seats/<int:pk>/".to_owned()),
                methods: vec!["POST".to_owned()],
                handler: "hall.views.book".to_owned(),
                single_run: false,
            }],
            count: 3,
            concurrent: true,
        }),
        remedy: "put the test into the write, and look at the count:\n    \
                 if not Seat.objects.filter(pk=pk, holder=None).update(holder=user):\n        raise SeatTaken"
            .to_owned(),
        caveat: None,
        assumed: Vec::new(),
        statements: vec![read, call],
        identity: "check-then-act|Seat|holder|booking.views.book".to_owned(),
    }
}

pub(crate) fn two_files() -> (Outcome, Sources) {
    let sources = Sources {
        files: vec![
            source("booking/services.py", HELPER),
            source("booking/views.py", HANDLER),
        ],
    };
    only(seat_finding(&sources, 1, 0), sources)
}

fn crlf_finding(sources: &Sources, file: u32) -> Finding {
    let read = loc(sources, file, "T.get(pk)");
    let write = loc(sources, file, "row.put(\r\n        1)");
    Finding {
        rule: rules::by_id("stale-overwrite").unwrap(),
        severity: Severity::Warning,
        primary: write,
        message: "The whole row is written back".to_owned(),
        anomaly: None,
        entity: "T".to_owned(),
        fields: Vec::new(),
        function: "f".to_owned(),
        function_loc: loc(sources, file, "def f(pk):"),
        steps: vec![
            step(Role::Read, read, "reads the row"),
            step(Role::Write, write, "writes all of it"),
        ],
        timeline: vec![
            turn(0, 0, "reads the row"),
            turn(1, 1, "writes it"),
            turn(0, 1, "puts the old values back"),
        ],
        guards: Vec::new(),
        doubts: Vec::new(),
        reach: None,
        remedy: String::new(),
        caveat: None,
        assumed: Vec::new(),
        statements: vec![read, write],
        identity: "stale-overwrite|T||f".to_owned(),
        ..shop_finding(&lost_update_sources(), 0)
    }
}

fn lost_update_sources() -> Sources {
    Sources {
        files: vec![source("shop/views.py", SHOP)],
    }
}

pub(crate) fn crlf() -> (Outcome, Sources) {
    let sources = Sources {
        files: vec![source("tools/f \u{e9}.py", CRLF)],
    };
    only(crlf_finding(&sources, 0), sources)
}

/// Everything at once: three findings, one suppressed, notes about the run.
pub(crate) fn outcome() -> (Outcome, Sources) {
    let sources = Sources {
        files: vec![
            source("booking/services.py", HELPER),
            source("booking/views.py", HANDLER),
            source("shop/nightly.py", SHOP),
            source("shop/views.py", SHOP),
            source("tools/f \u{e9}.py", CRLF),
        ],
    };
    let outcome = Outcome {
        findings: vec![
            seat_finding(&sources, 1, 0),
            shop_finding(&sources, 3),
            crlf_finding(&sources, 4),
        ],
        suppressed: vec![(
            shop_finding(&sources, 2),
            Some("single writer: nightly job".to_owned()),
        )],
        notifications: vec![
            Notification {
                path: "legacy/big.py".to_owned(),
                line: Some(7),
                message: "cut off after 1000 steps: the function is analyzed in part".to_owned(),
            },
            Notification {
                path: "legacy/latin.py".to_owned(),
                line: None,
                message: "not decoded, left out".to_owned(),
            },
        ],
    };
    (outcome, sources)
}
