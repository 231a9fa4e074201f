//! Locks and transactions: the regions that calls of a library make, enter and leave.

use super::*;
use crate::analysis::access::DeedKind;
use crate::stores::dialect::sql::{LockEffect, lock_effect, only_tries};

impl<'p> Interp<'p> {
    /// The region that a call stands for, as a value and by its number.
    pub(super) fn region(&mut self, st: &mut State, call: &LibraryCall<'_>) -> (Value, usize) {
        let spec = call.spec;
        let conn = self.connection(st, call);
        let key = match &spec.token_key {
            Some(sel) => self.select(st, call, sel).map(|s| s.value),
            None => None,
        };
        let value = match &spec.returns {
            Returns::Nothing | Returns::Held => None,
            shape => Some(self.shaped(st, call, shape, None, None)),
        };
        let term = self.seen.terms.fresh();
        self.regions.push(Region {
            kind: spec.token,
            conn,
            key: key.as_ref().map(|k| k.term),
            key_from: key.map(|k| k.deps.data).unwrap_or_default(),
            loc: call.loc,
            value,
            tried: self.only_tried(call),
            answers: spec.returns == Returns::Held,
            of: Some(term),
        });
        let n = self.regions.len() - 1;
        (Value::new(term, Kind::Region(n), Deps::default()), n)
    }

    /// Takes a token by hand.
    pub(super) fn take(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let region = match call.receiver.map(|r| &r.kind) {
            // A lock that was made before.
            Some(Kind::Region(n)) => {
                let mut made = self.regions[*n].clone();
                made.tried |= self.only_tried(call);
                made.of = call.receiver.map(|r| r.term);
                made.loc = call.loc;
                made
            }
            _ => {
                let (_, n) = self.region(st, call);
                self.regions[n].clone()
            }
        };
        let token = region.kind.map(|kind| self.take_token(st, &region, kind));
        match (&spec.returns, token) {
            (Returns::Held, Some(token)) => self.acquired(token),
            (shape, _) => self.shaped(st, call, shape, None, None),
        }
    }

    /// Enters something as `with` does, until the receiver is left.
    pub(super) fn enter_by_hand(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let what = call.spec.invokes.first();
        let what = what.and_then(|sel| self.select(st, call, sel));
        match (what, call.receiver) {
            (Some(what), Some(of)) => self.enter_for(st, &what.value, of.term, call.loc),
            _ => self.unknown(Deps::default()),
        }
    }

    /// Gives a token up by hand.
    pub(super) fn give_up(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        if let Some(Kind::Acquired(t)) = call.receiver.map(|r| &r.kind) {
            self.release(st, *t);
            return self.shaped(st, call, &spec.returns, None, None);
        }
        if let Some(Kind::Obj(_)) = call.receiver.map(|r| &r.kind)
            && let Some(of) = call.receiver.map(|r| r.term)
        {
            // Whatever was entered through it.
            let entered = |t: &&TokenId| self.seen.tokens[t.0 as usize].of == Some(of);
            let all: Vec<TokenId> = st.held.iter().filter(entered).copied().collect();
            if !all.is_empty() {
                all.into_iter().for_each(|t| self.release(st, t));
                return self.shaped(st, call, &spec.returns, None, None);
            }
        }
        let kind = spec.token.unwrap_or(TokenKind::Process);
        let key = spec
            .token_key
            .as_ref()
            .and_then(|sel| self.select(st, call, sel))
            .map(|s| s.value.term);
        if let Some(key) = key.filter(|_| spec.store.is_cache()) {
            self.deed(st.ctl.clone().into(), DeedKind::TakenAway(key));
        }
        let made = match call.receiver.map(|r| &r.kind) {
            Some(Kind::Region(_)) => call.receiver.map(|r| r.term),
            _ => None,
        };
        // By the lock itself or by its key; else the last one of that kind.
        let last = st
            .held
            .iter()
            .rev()
            .find(|t| {
                let t = &self.seen.tokens[t.0 as usize];
                match (made, spec.token_key.is_some()) {
                    (Some(made), _) => t.of == Some(made),
                    (None, true) => t.kind == kind && key.is_some() && t.key == key,
                    (None, false) => t.kind == kind,
                }
            })
            .copied();
        if let Some(t) = last {
            self.release(st, t);
        }
        self.shaped(st, call, &spec.returns, None, None)
    }

    /// A statement of raw SQL, as far as it takes or releases locks.
    pub(super) fn raw_sql(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let text = spec
            .statement
            .as_ref()
            .and_then(|sel| self.select(st, call, sel));
        let text = text.and_then(|s| self.known_text(&s.value));
        let effect = text.as_deref().and_then(lock_effect);
        if let Some(r) = call.receiver {
            self.fetched.remove(&r.term);
        }
        match effect {
            Some(LockEffect::Released) => {
                let last = st
                    .held
                    .iter()
                    .rev()
                    .find(|t| self.seen.tokens[t.0 as usize].kind == TokenKind::Advisory)
                    .copied();
                if let Some(t) = last {
                    let order = self.seen.tokens[t.0 as usize].order;
                    let open = st.held.iter().any(|x| {
                        let x = &self.seen.tokens[x.0 as usize];
                        x.kind == TokenKind::Txn && x.order < order
                    });
                    if open {
                        // Given up before the transaction commits: the next holder reads old rows.
                        self.seen.tokens[t.0 as usize].kind = TokenKind::Process;
                    }
                    self.release(st, t);
                }
            }
            Some(effect) => {
                let key = match &spec.token_key {
                    Some(sel) => self.select(st, call, sel),
                    None => None,
                };
                let region = Region {
                    key: key.as_ref().map(|s| self.parts_of(st, &s.value)),
                    key_from: key
                        .map(|s| self.deep_deps(st, &s.value, 0).data)
                        .unwrap_or_default(),
                    tried: text.as_deref().is_some_and(only_tries),
                    ..Region::at(TokenKind::Advisory, call.loc)
                };
                let t = self.take_token(st, &region, TokenKind::Advisory);
                self.seen.tokens[t.0 as usize].until_txn = effect == LockEffect::UntilTransaction;
                if let Some(r) = call.receiver {
                    let answer = self.acquired(t);
                    self.fetched.insert(r.term, answer);
                }
            }
            None => {}
        }
        self.shaped(st, call, &spec.returns, None, None)
    }

    /// Whether a call only tries for its token.
    fn only_tried(&self, call: &LibraryCall<'_>) -> bool {
        match &call.spec.tries {
            Some((Some(sel), text)) => self.says(call, sel, std::slice::from_ref(text)),
            Some((None, _)) => true,
            None => false,
        }
    }
}
