// Elements. Everything that comes from articles goes in as text, never as markup.

import { t } from "./i18n.js";
import { langOf } from "./words.js";

/** An element: h("p.note", {id: "x", onclick: f}, "text", child). Strings become text. */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Characters that reorder text. Each gets a box of its own, in which it can reorder nothing.
const CONTROLS = /([\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/;

function runs(text) {
  return text.split(CONTROLS).map((part, place) => {
    if (place % 2 === 0) return part;
    const code = `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    return h("span.control", { "data-code": code, title: code }, part);
  });
}

/** `text` as nodes, with the [start, end) places in `spans` marked. */
export function marked(text, spans = [], name = "mark") {
  const nodes = [];
  let at = 0;
  for (const [start, end] of spans) {
    nodes.push(...runs(text.slice(at, start)), h(name, {}, ...runs(text.slice(start, end))));
    at = end;
  }
  nodes.push(...runs(text.slice(at)));
  return nodes.filter((node) => node !== "");
}

/** Foreign text as one line without characters that reorder, for where only text can go. */
export const oneLine = (text) => text.split(CONTROLS).filter((_, place) => place % 2 === 0).join("").replace(/\s+/g, " ").trim();

/** A line of foreign text, kept apart from the text around it. */
export const isolated = (text) => h("bdi", { lang: langOf(text) }, ...marked(text));

/** `url` if it may be linked to, else null. */
export function webUrl(url) {
  try {
    const { protocol, href } = new URL(url);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}

/** A link to where an article was published, or null. */
export function sourceLink(url) {
  const href = webUrl(url);
  if (!href) return null;
  return h("a.source", { href, target: "_blank", rel: "noopener noreferrer" }, t("source"), h("span.sr", {}, t("newWindow")));
}

/** A date or date and time, as a day. */
export const day = (published) => (published ? published.slice(0, 10) : null);

/** What follows the title in a citation: （日期）第n段. */
export function place(citation) {
  const when = day(citation.published);
  return t(when ? "reference" : "referenceNoDay", { day: when, n: citation.paragraph });
}

/** 《标题》（日期）第n段, as a link into the article. */
export function referenceLink(citation, question) {
  return h("a.reference", { href: articleHref(citation.article_id, citation.start, citation.end, question) },
    "《", isolated(citation.title), "》", place(citation));
}

/** The address of an article, with characters cited in it. */
export function articleHref(id, start, end, question) {
  const query = new URLSearchParams();
  if (start !== undefined) { query.set("start", start); query.set("end", end); }
  if (question) query.set("q", question);
  return `/article/${encodeURIComponent(id)}${query.size ? `?${query}` : ""}`;
}

/** Have a screen reader say `text`. */
export function say(text) {
  document.getElementById("live").textContent = text;
}
