//! From the text of a part to the tree that is rendered.

use serde_json::{Map, Value};

use crate::expression::{Reader, Words, refuse_block, unknown, words};
use crate::helpers::{self, Kind};
use crate::limits;
use crate::tags::{Piece, Tag, TagKind, pieces};
use crate::tree::{At, Branch, Expr, Fault, MAX_DEPTH, Node, Parsed};

/// Longest text of a part, in bytes: every character of the largest template may take four (templates.md 5).
const MAX_BYTES: usize = 4 * limits::EMAIL_TEMPLATE;

/// Reads a part. Takes time by its length, and no more stack than [`MAX_DEPTH`] needs.
pub(crate) fn parse(part: &str, defaults: &Map<String, Value>) -> Result<Parsed, Fault> {
    if part.len() > MAX_BYTES {
        return Err(Fault::new(At { line: 1, column: 1 }, format!("is longer than {MAX_BYTES} bytes")));
    }
    let mut parser =
        Parser { reader: Reader { defaults }, open: Vec::new(), nodes: Vec::new(), deepest: 0, partials: Vec::new() };
    for piece in pieces(part)? {
        match piece {
            Piece::Text(text) => parser.nodes.push(Node::Text(text.into_owned())),
            Piece::Tag(tag) => parser.tag(&tag)?,
        }
    }
    if let Some(open) = parser.open.iter().rfind(|open| !open.chained) {
        return Err(Fault::new(open.at, format!("`{0}` is opened here, and `{{{{/{0}}}}}` is missing", open.name)));
    }
    let partials = parser.partials.into_iter().map(|partial| partial.nodes).collect();
    Ok(Parsed { body: parser.nodes, partials })
}

struct Parser<'d> {
    reader: Reader<'d>,
    /// The blocks around this place, outermost first.
    open: Vec<Open>,
    /// What the innermost block holds so far.
    nodes: Vec<Node>,
    /// Depth of what the innermost block holds so far, in blocks below it.
    deepest: usize,
    partials: Vec<Partial>,
}

struct Partial {
    name: String,
    nodes: Vec<Node>,
    /// Blocks and partials in each other, with itself.
    depth: usize,
}

/// A block that has not been closed yet.
struct Open {
    /// As it must be closed.
    name: String,
    at: At,
    block: Block,
    /// Begun by an `else`: closed together with the block around it.
    chained: bool,
    /// Whether the `else` without condition has been there.
    last: bool,
    /// What stood before it in the block around, and how deep that is.
    before: Vec<Node>,
    depth_before: usize,
}

enum Block {
    Each {
        list: Expr,
        body: Vec<Node>,
    },
    With {
        value: Expr,
        body: Vec<Node>,
    },
    /// The branches so far; the condition of the one that is being read.
    If {
        branches: Vec<Branch>,
        condition: Option<(Expr, bool)>,
    },
    Define {
        partial: String,
    },
}

impl Parser<'_> {
    fn tag(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        match tag.kind {
            TagKind::Print | TagKind::PrintRaw => {
                let value = self.reader.expression(words(tag)?)?;
                refuse_block(&value, |name| {
                    format!("`{name}` is a block: write `{{{{#{name} ...}}}} ... {{{{/{name}}}}}`")
                })?;
                self.nodes.push(Node::Print { value, escape: tag.kind == TagKind::Print, at: tag.at });
                Ok(())
            }
            TagKind::Open => {
                let words = words(tag)?;
                let name = words.name().to_owned();
                let block = self.block(words, tag.at)?;
                self.push(name, block, false, tag.at)
            }
            TagKind::Define => {
                let words = words(tag)?;
                if words.name() != "inline" {
                    return Err(unknown(words.name(), tag.at));
                }
                let Some(partial) = words.only_text().map(str::to_owned) else {
                    return Err(Fault::new(tag.at, "an inline partial needs a name in quotes"));
                };
                self.push("inline".to_owned(), Block::Define { partial }, false, tag.at)
            }
            TagKind::Else => self.otherwise(tag),
            TagKind::Close => self.close(tag),
            TagKind::Partial => self.insert(tag),
            TagKind::Comment => Ok(()),
        }
    }

    fn block(&self, words: Words, at: At) -> Result<Block, Fault> {
        let name = words.name().to_owned();
        let Some(helper) = helpers::find(&name) else { return Err(unknown(&name, at)) };
        let mut call = self.reader.call(helper, words)?;
        let mut first = || call.arguments.pop().unwrap_or(Expr::Literal(Value::Null));
        Ok(match (helper.kind, helper.name) {
            (Kind::Block, "each") => Block::Each { list: first(), body: Vec::new() },
            (Kind::Block, "with") => Block::With { value: first(), body: Vec::new() },
            (Kind::Block, name) => Block::If { branches: Vec::new(), condition: Some((first(), name == "unless")) },
            (Kind::Inline(_) | Kind::Join, name) => {
                return Err(Fault::new(at, format!("`{name}` has no block form: write `{{{{{name} ...}}}}`")));
            }
            _ => {
                // The block is the answer; a word for it would always count as yes.
                call.options.clear();
                Block::If { branches: Vec::new(), condition: Some((Expr::Call(Box::new(call)), false)) }
            }
        })
    }

    fn push(&mut self, name: String, block: Block, chained: bool, at: At) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(at));
        }
        let before = std::mem::take(&mut self.nodes);
        let depth_before = std::mem::take(&mut self.deepest);
        self.open.push(Open { name, at, block, chained, last: false, before, depth_before });
        Ok(())
    }

    /// `{{else}}`, `{{else if x}}` and the like.
    fn otherwise(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        let chain = match tag.inner.trim() {
            "" => None,
            _ => {
                let words = words(tag)?;
                Some((words.name().to_owned(), self.block(words, tag.at)?))
            }
        };
        let misplaced = || Fault::new(tag.at, "this `else` belongs to no block");
        let Some(open) = self.open.last_mut() else { return Err(misplaced()) };
        if open.last || matches!(open.block, Block::Define { .. }) {
            return Err(misplaced());
        }
        let nodes = std::mem::take(&mut self.nodes);
        match &mut open.block {
            Block::Each { body, .. } | Block::With { body, .. } => *body = nodes,
            Block::If { branches, condition } => {
                if let Some((condition, negated)) = condition.take() {
                    branches.push(Branch { condition, negated, body: nodes });
                }
            }
            Block::Define { .. } => return Err(misplaced()),
        }
        match (chain, &mut open.block) {
            (None, _) => open.last = true,
            // One more branch of the same question: a long chain is not deep.
            (Some((_, Block::If { condition: Some(next), .. })), Block::If { condition, .. }) => {
                *condition = Some(next)
            }
            (Some((name, block)), _) => {
                open.last = true;
                return self.push(name, block, true, tag.at);
            }
        }
        Ok(())
    }

    fn close(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        let closed = tag.inner.trim();
        loop {
            let Some(open) = self.open.pop() else {
                return Err(Fault::new(tag.at, format!("`{closed}` is closed here, but is not open")));
            };
            if !open.chained && open.name != closed {
                return Err(Fault::new(tag.at, format!("`{}` was opened, but `{closed}` is closed here", open.name)));
            }
            let chained = open.chained;
            self.finish(open, tag.at)?;
            if !chained {
                return Ok(());
            }
        }
    }

    /// Puts a block that has been read into the one around it.
    fn finish(&mut self, open: Open, at: At) -> Result<(), Fault> {
        let nodes = std::mem::replace(&mut self.nodes, open.before);
        let depth = self.deepest + 1;
        self.deepest = open.depth_before;
        let node = match (open.block, open.last) {
            (Block::Define { partial }, _) => {
                self.partials.push(Partial { name: partial, nodes, depth });
                return Ok(());
            }
            (Block::Each { list, body }, true) => Node::Each { list, body, otherwise: nodes },
            (Block::Each { list, .. }, false) => Node::Each { list, body: nodes, otherwise: Vec::new() },
            (Block::With { value, body }, true) => Node::With { value, body, otherwise: nodes },
            (Block::With { value, .. }, false) => Node::With { value, body: nodes, otherwise: Vec::new() },
            (Block::If { mut branches, condition }, _) => match condition {
                Some((condition, negated)) => {
                    branches.push(Branch { condition, negated, body: nodes });
                    Node::If { branches, otherwise: Vec::new() }
                }
                None => Node::If { branches, otherwise: nodes },
            },
        };
        self.nodes.push(node);
        self.deepen(depth, at)
    }

    /// `{{> name}}`: the last definition of the name before this place (templates.md 4.5, chosen).
    fn insert(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        let written = tag.inner.trim();
        let unquoted = [('"', '"'), ('\'', '\''), ('[', ']')]
            .into_iter()
            .find_map(|(open, close)| written.strip_prefix(open)?.strip_suffix(close));
        let name = unquoted.unwrap_or(written);
        if let Some(place) = self.partials.iter().rposition(|partial| partial.name == name) {
            let depth = self.partials[place].depth;
            self.nodes.push(Node::Partial(place));
            return self.deepen(depth, tag.at);
        }
        match (unquoted, name.split_once(char::is_whitespace)) {
            (None, Some((name, _))) => {
                Err(Fault::new(tag.at, format!("the inline partial `{name}` takes no arguments")))
            }
            _ => Err(Fault::new(tag.at, format!("there is no inline partial `{name}` above this place"))),
        }
    }

    fn deepen(&mut self, depth: usize, at: At) -> Result<(), Fault> {
        self.deepest = self.deepest.max(depth);
        if self.open.len() + depth > MAX_DEPTH { Err(too_deep(at)) } else { Ok(()) }
    }
}

fn too_deep(at: At) -> Fault {
    Fault::new(at, format!("nested deeper than {MAX_DEPTH} levels"))
}
