// Building the page. Whatever is inserted is text: nothing here takes markup.

export const byId = (id) => document.getElementById(id);

// An element with attributes (`onclick` and its kin are listeners; undefined, null and false are left
// out) and children: nodes, or texts.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return node;
}

// Text that somebody outside wrote: its direction and length must not disturb what is around it.
export function foreign(text) {
  return el("bdi", { class: "foreign" }, String(text ?? ""));
}

// Changes a node's text only when it differs, so that a selection in it stays.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Makes `parent` hold one node an item, in order, keeping the nodes (their focus, selection and open
// details) of items that stay. `render(item)` builds a node; it is called again only when
// `version(item)` changed.
export function keyed(parent, items, key, version, render) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const seen = new Map();
  let position = parent.firstElementChild;
  for (const item of items) {
    const again = seen.get(key(item)) ?? 0;
    seen.set(key(item), again + 1);
    const name = again ? `${key(item)} ${again}` : String(key(item));
    const state = String(version(item));
    let node = before.get(name);
    before.delete(name);
    if (!node || node.dataset.version !== state) {
      const fresh = render(item);
      fresh.dataset.key = name;
      fresh.dataset.version = state;
      if (node) {
        if (node === position) position = node.nextElementSibling;
        keepFocus(node, fresh);
        node.remove();
      }
      node = fresh;
    }
    if (node === position) position = node.nextElementSibling;
    else parent.insertBefore(node, position);
    restoreFocus(node);
  }
  for (const node of before.values()) node.remove();
}

let refocus = null;

function keepFocus(from, to) {
  if (!from.contains(document.activeElement)) return;
  const focusable = "a, button, input, select, summary";
  const index = [...from.querySelectorAll(focusable)].indexOf(document.activeElement);
  refocus = [...to.querySelectorAll(focusable)][index] ?? null;
}

function restoreFocus(node) {
  if (!refocus || !node.contains(refocus)) return;
  refocus.focus({ preventScroll: true });
  refocus = null;
}

// A table; with the kind "cards" its rows become cards on a narrow screen. Roles are said, since a
// changed `display` would take them away. Columns: {name, class}.
export function table(caption, columns, kind = "") {
  const body = el("tbody", { role: "rowgroup" });
  const heads = columns.map((column) => el("th", { role: "columnheader", scope: "col", class: column.class }, column.name));
  const node = el("table", { role: "table", class: kind },
    el("caption", {}, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads)),
    body);
  const row = (...cells) => el("tr", { role: "row" }, cells.map((cell, i) =>
    el(i === 0 ? "th" : "td", { role: i === 0 ? "rowheader" : "cell", scope: i === 0 ? "row" : null, class: columns[i].class, "data-label": columns[i].name }, cell)));
  return { node, body, row, caption: node.caption, heads };
}
