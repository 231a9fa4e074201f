//! Signatures: under which of its parameters' names a function takes what it is called with.

use std::rc::Rc;

use crate::analysis::interp::Interp;
use crate::analysis::interp::call::Args;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::sym;
use crate::syntax::il::ParamKind;

impl Interp<'_> {
    /// The signature of a function of the project.
    pub(super) fn signature(&mut self, st: &mut State, f: &Value) -> Option<Value> {
        let f = self.concrete(f);
        let Kind::Func(_) = f.kind else { return None };
        let (id, v) = self.obj_value(st, Shape::Lib(sym!("signature")));
        if let Some(o) = st.obj_mut(id) {
            o.set(sym!("func"), f);
        }
        Some(v)
    }

    /// A signature with what a call hands over: `arguments` has it by the parameters' names.
    pub(super) fn bound_arguments(
        &mut self,
        st: &mut State,
        signature: ObjId,
        args: &Args,
    ) -> Option<Value> {
        let func = st.obj(signature)?.get(sym!("func"))?.value.clone();
        let Kind::Func(closure) = &func.kind else {
            return None;
        };
        let closure: Rc<Closure> = closure.clone();
        let (named, arguments) = self.obj_value(st, Shape::Dict);
        let before = closure.recv.iter().chain(&closure.bound).count();
        let mut pos = args.pos.iter();
        for p in self.p.func(closure.func).params.iter().skip(before) {
            let by_name = || args.kw(p.name).map(|s| s.value.clone());
            let given = match p.kind {
                ParamKind::Plain => pos.next().cloned().or_else(by_name),
                ParamKind::KeywordOnly => by_name(),
                ParamKind::Rest | ParamKind::Keywords => None,
            };
            if let (Some(v), Some(o)) = (given, st.obj_mut(named)) {
                o.set(p.name, v);
            }
        }
        // What is spread into the call may be any of the others.
        if let (Some(rest), Some(o)) =
            (args.star.as_ref().or(args.open.as_ref()), st.obj_mut(named))
        {
            o.rest = Some(rest.clone());
        }
        let (id, v) = self.obj_value(st, Shape::Lib(sym!("bound-arguments")));
        if let Some(o) = st.obj_mut(id) {
            o.set(sym!("arguments"), arguments);
        }
        Some(v)
    }
}
