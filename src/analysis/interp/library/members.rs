//! Several accesses in one call: the members of a transaction or of a batch.

use std::rc::Rc;

use super::*;

/// What is gathered of the members of one call.
struct Members<'a> {
    call: &'a LibraryCall<'a>,
    /// The group that they are written in.
    group: u32,
    /// What those that read gave, with what they stood under.
    found: Vec<(Option<Value>, Value)>,
}

impl<'p> Interp<'p> {
    /// Several accesses in one call.
    pub(super) fn members(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let mut members = Members {
            call,
            group: self.new_group(),
            found: Vec::new(),
        };
        let first = self.seen.writes.len();
        let items = spec
            .items
            .as_ref()
            .and_then(|sel| self.select(st, call, sel))
            .map(|s| s.value);
        if let Some(items) = items {
            self.member_items(st, &mut members, &items, None, 0);
        }
        if !spec.together {
            for w in &mut self.seen.writes[first..] {
                w.group = None;
            }
        }
        let w = (self.seen.writes.len() > first).then_some(AccessId(first as u32));
        if let Some(w) = w {
            self.write_failures(st, call, w);
        }
        if !members.found.is_empty() {
            let value = self.grouped(st, &members.found);
            let presence = Presence::Yes;
            let args = Args {
                pos: members.found.into_iter().map(|f| f.1).collect(),
                kw: vec![(sym!("grouped:"), Slot { value, presence })],
                ..Args::default()
            };
            let call = LibraryCall {
                args: &args,
                ..*call
            };
            return self.shaped(st, &call, &spec.returns, None, w);
        }
        self.shaped(st, call, &spec.returns, None, w)
    }

    /// The members that a value holds; `of` is what it stands under.
    fn member_items(
        &mut self,
        st: &mut State,
        members: &mut Members<'_>,
        items: &Value,
        of: Option<&Value>,
        depth: u32,
    ) {
        if depth > 8 {
            return;
        }
        if let Kind::Phi(alts) = &items.kind {
            // Each alternative is written under the decisions that led to it.
            for a in alts.iter() {
                let base = st.ctl.len();
                for c in a.under.iter() {
                    if !st.ctl.iter().any(|x| Rc::ptr_eq(x, c)) {
                        st.ctl.push(c.clone());
                    }
                }
                self.member_items(st, members, &a.value, of, depth + 1);
                st.ctl.truncate(base);
            }
            return;
        }
        let v = self.concrete(items);
        let Kind::Obj(id) = v.kind else { return };
        let Some(o) = st.obj(id).cloned() else { return };
        if o.shape == Shape::List {
            let mut all: Vec<Value> = o.fields.iter().map(|f| f.1.value.clone()).collect();
            all.extend(o.rest.clone());
            for x in all {
                self.member_items(st, members, &x, of, depth + 1);
            }
            return;
        }
        let mut any = false;
        let first = self.seen.writes.len();
        for (name, member) in &members.call.spec.members {
            let Some(slot) = o.get(*name).cloned() else {
                continue;
            };
            any = true;
            let Some(target) = self.lib.ids.get(member).copied() else {
                continue;
            };
            // A statement stands in a record of its own, beside what it is given.
            let whole = self.lib.specs[target].does == Does::Statement;
            if let Some(Sel::Kw(key)) = &self.lib.specs[target].key
                && self.lib.specs[target].does == Does::Read
                && let Some(keys) = self.listed_keys(st, &slot.value)
            {
                for k in keys {
                    let (id, one) = self.obj_value(st, Shape::Dict);
                    if let Some(o) = st.obj_mut(id) {
                        o.set(*key, k);
                    }
                    self.member(st, members, target, &one, of);
                }
                continue;
            }
            let member = if whole {
                v.clone()
            } else {
                self.concrete(&slot.value)
            };
            self.member(st, members, target, &member, of);
        }
        if let Some(staged) = self.staged_in(o.term) {
            for w in &mut self.seen.writes[first..] {
                w.staged = Some(staged.clone());
            }
        }
        if !any {
            // `{table: [{"PutRequest": {...}}]}`
            for (name, s) in &o.fields {
                let of = self.lit(Lit::Str(*name));
                self.member_items(st, members, &s.value, Some(&of), depth + 1);
            }
            if let Some(rest) = &o.rest {
                let of = o.rest_key.as_ref();
                self.member_items(st, members, rest, of, depth + 1);
            }
        }
    }

    /// A method puts a record into a list, from which it may be sent later.
    pub(in crate::analysis::interp) fn stage(&mut self, st: &State, record: &Value) {
        if let Kind::Obj(id) = record.kind
            && self.frames[self.cur].recv.is_some()
            && let Some(o) = st.obj(id).filter(|o| o.shape == Shape::Dict)
        {
            self.staged.insert(o.term, self.stack());
        }
    }

    /// The activations in which a record was handed over, if those are done.
    fn staged_in(&self, record: TermId) -> Option<Rc<Vec<FrameRef>>> {
        let staged = self.staged.get(&record)?;
        let last = staged.last()?.id;
        let done = !self.stack().iter().any(|f| f.id == last);
        done.then(|| staged.clone())
    }

    /// The keys in a list of them.
    fn listed_keys(&self, st: &State, v: &Value) -> Option<Vec<Value>> {
        let Kind::Obj(id) = self.concrete(v).kind else {
            return None;
        };
        let o = st.obj(id).filter(|o| o.shape == Shape::List)?;
        let mut all: Vec<Value> = o.fields.iter().map(|f| f.1.value.clone()).collect();
        all.extend(o.rest.clone());
        Some(all)
    }

    /// One member: a read, or a write of the group.
    fn member(
        &mut self,
        st: &mut State,
        members: &mut Members<'_>,
        target: usize,
        member: &Value,
        of: Option<&Value>,
    ) {
        let spec = &self.lib.specs[target];
        // The container is the key under which the member stands.
        if let (Kind::Obj(rid), Some(of), Some(Sel::Field(name) | Sel::Kw(name))) =
            (&member.kind, of, &spec.container)
            && let Some(r) = st.obj_mut(*rid)
            && r.get(*name).is_none()
        {
            r.set(*name, of.clone());
        }
        // The member is a write that was put together and not run by itself.
        let by_itself = spec.request == Some(Sel::Recv);
        let mut args = Args::default();
        if let Kind::Obj(rid) = member.kind
            && let Some(r) = st.obj(rid)
            && !by_itself
        {
            // The member's record is its own request: as keywords, or as the request argument.
            args.open = r.rest.clone();
            if let Some(Sel::Pos(n)) = &spec.request {
                while args.pos.len() < *n {
                    let u = self.unknown(Deps::default());
                    args.pos.push(u);
                }
                args.pos.push(member.clone());
            } else {
                args.kw = r.fields.clone();
            }
        }
        let call = LibraryCall::new(
            self.lib,
            target,
            if by_itself {
                Some(member)
            } else {
                members.call.receiver
            },
            &args,
            members.call.loc,
        );
        self.group = Some(members.group);
        if spec.does == Does::Read {
            let call = LibraryCall {
                receiver: members.call.receiver,
                ..call
            };
            let v = self.read(st, &call);
            self.group = None;
            members.found.push((of.cloned(), v));
            return;
        }
        let before = self.seen.writes.len();
        if spec.does == Does::Statement {
            let read = self.seen.reads.len();
            let v = self.statement(st, &call);
            if self.seen.reads.len() > read {
                members.found.push((of.cloned(), v));
            }
        } else {
            self.write(st, &call);
        }
        self.group = None;
        for w in &mut self.seen.writes[before..] {
            w.group = Some(members.group);
        }
    }
}
