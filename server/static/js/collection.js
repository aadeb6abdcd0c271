// What is in the collection, and adding to it.

import { query, request, upload } from "./api.js";
import { articleHref, day, h, isolated, say } from "./dom.js";
import { count, t } from "./i18n.js";
import { countdown, problemBox, skeleton } from "./parts.js";

const PAGE = 20;
const WAITS = 3; // times that a file waits for a server with too many requests

/** The collection, on the first page. */
export function collectionPart(app) {
  const size = h("p.small.size", {}, "\u00a0");
  const list = h("div.articles", {}, [1, 2, 3, 4].map(() => skeleton(80)));
  const find = h("input", { type: "search", id: "find", autocomplete: "off", placeholder: t("find") });
  const part = h("section.part", { "aria-labelledby": "collection" },
    h("div.line", {}, h("h2", { id: "collection" }, t("collection")), h("label.sr", { for: "find" }, t("find")), find),
    size, list);
  const refresh = () => load(list, app, find.value.trim());
  let typing = 0;
  const search = () => { clearTimeout(typing); typing = setTimeout(refresh, 250); };
  // Letters of which characters are still to be made are not what is looked for.
  find.addEventListener("input", (event) => { if (!event.isComposing) search(); });
  find.addEventListener("compositionend", search);
  const describe = (info) => {
    const span = info.first_day ? ` · ${t("span", { from: info.first_day, to: info.last_day })}` : "";
    size.textContent = t("size", { a: count(info.articles), p: count(info.passages), c: count(info.characters) }) + span;
  };
  app.info().then((info) => {
    describe(info);
    if (!info.read_only) part.append(adding(app, () => { refresh(); app.info().then(describe, () => {}); }));
  }, () => {});
  refresh();
  request("/api/reports", { signal: app.signal }).then(({ reports }) => { if (reports.length) part.append(reportsPart(reports)); }, () => {});
  return part;
}

function reportsPart(reports) {
  return h("section.reports", { "aria-labelledby": "reports" },
    h("h2", { id: "reports" }, t("reports")),
    h("ul", {}, reports.map(({ name, url, written }) => h("li", {},
      h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, isolated(name), h("span.sr", {}, t("newWindow"))),
      h("span.meta", {}, h("time", { datetime: written }, day(written)))))));
}

let latest = 0;

async function load(list, app, title) {
  const mine = ++latest;
  const page = (cursor) => request(`/api/articles?${query({ query: title, cursor, limit: PAGE })}`, { signal: app.signal });
  try {
    const { articles, next } = await page();
    if (mine !== latest) return;
    if (!articles.length) {
      const info = await app.info().catch(() => ({}));
      list.replaceChildren(h("p.small", {}, t(title ? "noArticles" : info.read_only ? "emptyReadOnly" : "empty")));
      return;
    }
    const rows = h("ul", {}, articles.map(row));
    list.replaceChildren(rows);
    if (next) list.append(moreButton(rows, page, next));
  } catch (error) {
    if (error.name === "AbortError") return;
    list.replaceChildren(problemBox(error, () => load(list, app, title)));
  }
}

function moreButton(rows, page, cursor) {
  const button = h("button", { type: "button", onclick: async () => {
    button.disabled = true;
    try {
      const { articles, next } = await page(cursor);
      const added = articles.map(row);
      rows.append(...added);
      added[0]?.querySelector("a").focus({ preventScroll: true });
      cursor = next;
      if (!next) button.remove();
    } catch (error) {
      if (error.name !== "AbortError") button.before(problemBox(error));
    } finally {
      button.disabled = false;
    }
  } }, t("moreArticles"));
  return button;
}

function row(article) {
  return h("li", {},
    h("a", { href: articleHref(article.id) }, isolated(article.title)),
    h("span.meta", {}, article.label && h("span.tag", {}, isolated(article.label)), day(article.published) && h("time", { datetime: article.published }, day(article.published)), h("span", {}, t("paragraphs", { n: count(article.passages) }))));
}

function adding(app, done) {
  const input = h("input.sr", { type: "file", multiple: true, id: "files", accept: ".txt,.md,.html,.htm,.csv,.tsv,.jsonl,.ndjson,.gz", onchange: () => { add([...input.files]); input.value = ""; } });
  const results = h("ul.files", { "aria-label": t("add") });
  const zone = h("div.zone", {},
    h("p", {}, t("drop"), " ", input, h("label.button", { for: "files" }, t("choose"))),
    h("p.small", {}, t("formats")));
  const part = h("section.adding", { "aria-labelledby": "adding" }, h("h2", { id: "adding" }, t("add")), zone, results);
  const veil = h("div.veil", { hidden: true }, h("p", {}, t("dropNow")));
  part.append(veil);
  let inside = 0;
  const files = (event) => event.dataTransfer?.types.includes("Files");
  const hide = () => { inside = 0; veil.hidden = true; };
  const on = (name, act) => document.addEventListener(name, (event) => { if (files(event)) { event.preventDefault(); act(event); } }, { signal: app.signal });
  on("dragenter", () => { inside++; veil.hidden = false; });
  on("dragleave", () => { if (--inside <= 0) hide(); });
  on("dragover", () => {});
  on("drop", (event) => { hide(); part.scrollIntoView({ block: "nearest" }); add([...event.dataTransfer.files]); });

  let queue = Promise.resolve();
  function add(given) {
    const rows = given.map((file) => ({ file, state: h("span.state", {}, t("waiting")), bar: h("progress", { max: 1, value: 0, "aria-label": file.name }) }));
    results.append(...rows.map(({ file, state, bar }) => h("li", {}, isolated(file.name), bar, state)));
    queue = queue.then(async () => {
      let wrong = 0;
      for (const each of rows) {
        if (!await addFile(each)) wrong++;
        app.changed();
      }
      say(t("filesDone", { n: rows.length, m: wrong }));
      done();
    });
  }
  return part;
}

async function addFile({ file, state, bar }) {
  const progress = (share) => {
    bar.value = share;
    if (share < 1) state.textContent = t("uploading", { n: Math.floor(share * 100) });
    else { bar.removeAttribute("value"); state.textContent = t("indexing"); }
  };
  for (let waits = 0; ; waits++) {
    try {
      progress(0);
      const result = await upload(file, progress);
      return tell(result, state, bar);
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 429 && waits < WAITS) {
        await countdown(problem.wait ?? 2, (n) => { state.textContent = t("waitFor", { n }); });
        continue;
      }
      return tell({ errors: [problem.detail ?? problem.title ?? t("unreachable")] }, state, bar);
    }
  }
}

function tell(result, state, bar) {
  const counts = [["added", "addedN"], ["replaced", "replacedN"], ["unchanged", "unchangedN"]]
    .filter(([name]) => result[name]?.length)
    .map(([name, words]) => t(words, { n: result[name].length }));
  const errors = (result.errors ?? []).map((error) => String(error.detail ?? error) || t("nothingRead"));
  const summary = counts.length ? [h("b", {}, counts.join(t("comma")))] : [];
  if (errors.length) summary.push(" ", h("b.problem", {}, t(counts.length ? "partFailed" : "fileFailed")));
  else if (!counts.length) summary.push(h("b", {}, t("nothingRead")));
  state.replaceChildren(...summary, ...errors.map((error) => h("span.error", {}, isolated(error))));
  bar.remove();
  return errors.length === 0;
}
