//! One template, walked through: every name it asks for, every word, filter and template it names.

use std::collections::BTreeSet;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{Call, CallArg, CallType, Expr, Macro, Stmt};

use super::Scope;
use crate::lang::Text;
use crate::problem::Problem;
use crate::render::shape::Shape;
use crate::render::sources::Source;
use crate::render::words;

const FUNCTIONS: &[&str] = &["t", "unit", "has_words", "caller", "super", "loop"];
const FILTERS: &[&str] = &[
    "safe",
    "escape",
    "e",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "join",
    "split",
    "length",
    "count",
    "default",
    "d",
    "round",
    "abs",
    "int",
    "float",
    "first",
    "last",
    "min",
    "max",
    "sort",
    "list",
    "string",
    "bool",
    "sum",
    "select",
    "reject",
    "selectattr",
    "rejectattr",
    "map",
    "unique",
    "reverse",
    "items",
    "dictsort",
    "attr",
    "groupby",
    "urlencode",
    "lines",
    "written",
];

pub(super) struct Check<'a> {
    pub source: &'a Source,
    pub names: &'a BTreeSet<&'a str>,
    pub scopes: Vec<Scope>,
    pub problems: Vec<Problem>,
    /// The templates that are printed as a part of this one.
    pub parts: Vec<String>,
}

impl Check<'_> {
    fn problem(&mut self, code: &'static str, span: Span, path: &str, what: Text, allowed: Text) {
        let found = self.source.text.get(span.start_offset as usize..span.end_offset as usize).unwrap_or_default();
        self.problems.push(Problem {
            code,
            file: self.source.file.clone(),
            line: span.start_line.into(),
            column: usize::from(span.start_col) + 1,
            length: found.chars().count(),
            path: path.to_owned(),
            what,
            found: found.to_owned(),
            allowed,
            ..Problem::default()
        });
    }

    fn scoped(&mut self, scope: Scope, body: impl FnOnce(&mut Self)) {
        self.scopes.push(scope);
        body(self);
        self.scopes.pop();
    }

    fn bind(&mut self, target: &Expr<'_>, shape: Shape) {
        match target {
            Expr::Var(var) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.insert(var.id.to_owned(), shape);
                }
            }
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item, Shape::Any)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item, Shape::Any)),
            _ => {}
        }
    }

    fn body(&mut self, body: &[Stmt<'_>]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    pub fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => {
                // Macros and imports are known in the whole file.
                for statement in &template.children {
                    if let Stmt::Macro(one) = statement {
                        self.bind_name(one.name);
                    }
                }
                self.body(&template.children);
            }
            Stmt::EmitExpr(emit) => {
                self.expression(&emit.expr);
            }
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(each) => {
                let element = self.expression(&each.iter).element();
                self.scoped(Scope::from([("loop".to_owned(), Shape::Any)]), |check| {
                    check.bind(&each.target, element);
                    if let Some(filter) = &each.filter_expr {
                        check.expression(filter);
                    }
                    check.body(&each.body);
                });
                self.body(&each.else_body);
            }
            Stmt::IfCond(branch) => {
                self.expression(&branch.expr);
                self.body(&branch.true_body);
                self.body(&branch.false_body);
            }
            Stmt::WithBlock(with) => {
                let shapes: Vec<Shape> = with.assignments.iter().map(|(_, value)| self.expression(value)).collect();
                self.scoped(Scope::new(), |check| {
                    for ((target, _), shape) in with.assignments.iter().zip(shapes) {
                        check.bind(target, shape);
                    }
                    check.body(&with.body);
                });
            }
            Stmt::Set(set) => {
                let shape = self.expression(&set.expr);
                self.bind(&set.target, shape);
            }
            Stmt::SetBlock(set) => {
                if let Some(filter) = &set.filter {
                    self.expression(filter);
                }
                self.scoped(Scope::new(), |check| check.body(&set.body));
                self.bind(&set.target, Shape::Leaf);
            }
            Stmt::AutoEscape(escape) => self.body(&escape.body),
            Stmt::FilterBlock(filter) => {
                self.expression(&filter.filter);
                self.body(&filter.body);
            }
            Stmt::Block(block) => self.scoped(Scope::new(), |check| check.body(&block.body)),
            Stmt::Import(import) => {
                self.template_name(&import.expr);
                self.bind(&import.name, Shape::Any);
            }
            Stmt::FromImport(import) => {
                self.template_name(&import.expr);
                for (name, alias) in &import.names {
                    self.bind(alias.as_ref().unwrap_or(name), Shape::Any);
                }
            }
            Stmt::Extends(extends) => self.part_of_it(&extends.name),
            Stmt::Include(include) => self.part_of_it(&include.name),
            Stmt::Macro(one) => self.macro_body(one),
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                self.macro_body(&block.macro_decl);
            }
            Stmt::Do(once) => {
                self.call(&once.call);
            }
        }
    }

    fn bind_name(&mut self, name: &str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), Shape::Any);
        }
    }

    fn macro_body(&mut self, one: &Macro<'_>) {
        one.defaults.iter().for_each(|value| {
            self.expression(value);
        });
        self.scoped(Scope::from([("caller".to_owned(), Shape::Any)]), |check| {
            one.args.iter().for_each(|arg| check.bind(arg, Shape::Any));
            check.body(&one.body);
        });
        self.bind_name(one.name);
    }

    fn part_of_it(&mut self, name: &Expr<'_>) {
        self.template_name(name);
        if let Expr::Const(text) = name
            && let Some(text) = text.value.as_str()
        {
            self.parts.push(text.to_owned());
        }
    }

    /// A template is named as written, so that which one it is can be known before it is served.
    fn template_name(&mut self, name: &Expr<'_>) {
        let known = match name {
            Expr::Const(text) => text.value.as_str().is_some_and(|text| self.names.contains(text)),
            _ => false,
        };
        if !known {
            let allowed = self.names.iter().filter(|name| name.contains("/_")).copied().collect::<Vec<_>>().join(", ");
            self.problem(
                "MK806",
                name.span(),
                "",
                Text::new("沒有這個樣板", "there is no such template"),
                same(allowed),
            );
        }
    }

    fn expression(&mut self, expression: &Expr<'_>) -> Shape {
        match expression {
            Expr::Var(var) => self.variable(var.id, var.span()),
            Expr::Const(_) => Shape::Leaf,
            Expr::GetAttr(get) => {
                let shape = self.expression(&get.expr);
                self.part(shape, get.name, expression)
            }
            Expr::GetItem(get) => {
                let shape = self.expression(&get.expr);
                match (&get.subscript_expr, &shape) {
                    (Expr::Const(key), Shape::Map(_)) => match key.value.as_str() {
                        Some(name) => self.part(shape, name, expression),
                        None => Shape::Any,
                    },
                    (subscript, shape) => {
                        self.expression(subscript);
                        shape.element()
                    }
                }
            }
            Expr::Slice(slice) => self.expression(&slice.expr),
            Expr::UnaryOp(op) => {
                self.expression(&op.expr);
                Shape::Leaf
            }
            Expr::BinOp(op) => {
                let (left, right) = (self.expression(&op.left), self.expression(&op.right));
                if left == right { left } else { Shape::Any }
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                compare.ops.iter().for_each(|op| {
                    self.expression(&op.expr);
                });
                Shape::Leaf
            }
            Expr::IfExpr(branch) => {
                self.expression(&branch.test_expr);
                let one = self.expression(&branch.true_expr);
                match &branch.false_expr {
                    Some(other) => one.merge(self.expression(other)),
                    None => one,
                }
            }
            Expr::Filter(filter) => {
                let shape = filter.expr.as_ref().map_or(Shape::Any, |expr| self.expression(expr));
                self.arguments(&filter.args);
                if !FILTERS.contains(&filter.name) {
                    let what = Text::new(
                        format!("沒有 `{}` 這個過濾器", filter.name),
                        format!("there is no filter `{}`", filter.name),
                    );
                    self.problem("MK804", expression.span(), "", what, same(FILTERS.join(", ")));
                }
                match filter.name {
                    "sort" | "reverse" | "list" | "unique" | "selectattr" | "rejectattr" | "select" | "reject"
                    | "default" | "d" => shape,
                    "first" | "last" | "min" | "max" => shape.element(),
                    _ => Shape::Any,
                }
            }
            Expr::Test(test) => {
                // Whether a name is there may be asked of any name.
                if !matches!(test.name, "defined" | "undefined") {
                    self.expression(&test.expr);
                }
                self.arguments(&test.args);
                Shape::Leaf
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => {
                let shapes: Vec<Shape> = list.items.iter().map(|item| self.expression(item)).collect();
                Shape::List(Box::new(shapes.into_iter().reduce(Shape::merge).unwrap_or(Shape::Any)))
            }
            Expr::Tuple(tuple) => {
                tuple.items.iter().for_each(|item| {
                    self.expression(item);
                });
                Shape::Any
            }
            Expr::Map(map) => {
                map.keys.iter().chain(&map.values).for_each(|part| {
                    self.expression(part);
                });
                Shape::Any
            }
        }
    }

    fn variable(&mut self, name: &str, span: Span) -> Shape {
        if let Some(shape) = self.scopes.iter().rev().find_map(|scope| scope.get(name)) {
            return shape.clone();
        }
        if FUNCTIONS.contains(&name) {
            return Shape::Any;
        }
        let known: BTreeSet<&str> = self.scopes.iter().flat_map(|scope| scope.keys().map(String::as_str)).collect();
        let allowed = known.into_iter().chain(FUNCTIONS.iter().take(3).copied()).collect::<Vec<_>>().join(", ");
        let what = Text::new(format!("這一頁沒有 `{name}` 這個值"), format!("this page has no value `{name}`"));
        self.problem("MK803", span, name, what, same(allowed));
        Shape::Any
    }

    fn part(&mut self, shape: Shape, name: &str, whole: &Expr<'_>) -> Shape {
        match shape.part(name) {
            Ok(part) => part,
            Err(known) => {
                let span = whole.span();
                let path = self
                    .source
                    .text
                    .get(span.start_offset as usize..span.end_offset as usize)
                    .unwrap_or_default()
                    .to_owned();
                let what = Text::new(format!("這裡沒有 `{name}` 這個值"), format!("there is no value `{name}` here"));
                self.problem("MK803", span, &path, what, same(known.join(", ")));
                Shape::Any
            }
        }
    }

    fn call(&mut self, call: &Call<'_>) -> Shape {
        match call.identify_call() {
            CallType::Function("t") => self.words(call),
            CallType::Function(name) => {
                self.variable(name, call.expr.span());
            }
            CallType::Method(expr, _) | CallType::Object(expr) => {
                self.expression(expr);
            }
            CallType::Block(_) => {}
        }
        self.arguments(&call.args);
        Shape::Any
    }

    /// The key of `t()` where it is written out.
    fn words(&mut self, call: &Call<'_>) {
        if let Some(CallArg::Pos(key @ Expr::Const(text))) = call.args.first()
            && let Some(name) = text.value.as_str()
            && !words().has(name)
        {
            let what = Text::new(format!("詞彙檔沒有 `{name}`"), format!("the locale files have no `{name}`"));
            self.problem("MK805", key.span(), name, what, Text::new("", ""));
        }
    }

    fn arguments(&mut self, args: &[CallArg<'_>]) {
        for arg in args {
            match arg {
                CallArg::Pos(expr) | CallArg::Kwarg(_, expr) | CallArg::PosSplat(expr) | CallArg::KwargSplat(expr) => {
                    self.expression(expr);
                }
            }
        }
    }
}

fn same(text: String) -> Text {
    Text { zh: text, en: None }
}
