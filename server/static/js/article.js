// An article: its text, the cited characters, citations to copy.

import { request } from "./api.js";
import { articleHref, day, h, isolated, marked, oneLine, place, say, sourceLink, webUrl } from "./dom.js";
import { count, t } from "./i18n.js";
import { copy, dialog, problemBox, skeleton } from "./parts.js";
import { langOf, unitsOf } from "./words.js";

/** The view of "/article/{id}". */
export function articleView(main, app, id) {
  const question = app.url.searchParams.get("q") ?? "";
  const body = h("article.article", { "aria-busy": "true" },
    h("h1", {}, skeleton(80)), skeleton(40, 95, 95, 95, 80, 95, 95, 60));
  app.title(t("loading"));
  main.append(h("nav.back", {}, h("a", { href: question ? `/?q=${encodeURIComponent(question)}` : "/", onclick: back }, `← ${t(question ? "back" : "home")}`)), body);
  load(body, app, id, question);
}

// The list of results is there with its filters and where it was scrolled to, if one came from it.
function back(event) {
  const steps = history.state?.steps;
  if (!steps || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.go(-steps);
}

async function load(body, app, id, question) {
  try {
    const article = await request(`/api/articles/${encodeURIComponent(id)}`, { signal: app.signal });
    app.title(article.title);
    const cited = citedIn(article, app.url.searchParams);
    body.replaceChildren(...heading(article), cited.problem ? h("p.notice", {}, t("badRange")) : "", citing(article, cited, app, question), text(article, cited, question), ...removal(article, app));
    const mark = body.querySelector("mark.cited");
    if (app.top !== undefined) scrollTo(0, app.top);
    else mark?.scrollIntoView({ block: "center" });
    say(mark ? t("citing", { n: cited.paragraph, m: [...cited.quote].length }) : article.title);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === undefined) throw error;
    const gone = error.status === 404, title = t(gone ? "noArticle" : "failed");
    app.title(title);
    body.replaceChildren(h("h1", {}, title), gone ? h("p", { role: "alert" }, error.detail ?? "") : problemBox(error, () => load(body, app, id, question)));
  } finally {
    body.removeAttribute("aria-busy");
  }
}

function citedIn(article, parameters) {
  if (!parameters.has("start")) return { quote: "" };
  const [start, end] = ["start", "end"].map((name) => (/^\d{1,9}$/.test(parameters.get(name)) ? Number(parameters.get(name)) : NaN));
  const points = [...article.text].length;
  if (!(start < end && end <= points)) return { quote: "", problem: true };
  const units = unitsOf(article.text);
  const passage = article.passages.findLast((p) => p.start <= start) ?? article.passages[0];
  return { start, end, from: units(start), to: units(end), quote: article.text.slice(units(start), units(end)), paragraph: passage?.paragraph ?? 1 };
}

function heading(article) {
  const facts = [
    article.label && h("span.tag", {}, isolated(article.label)),
    day(article.published) && h("time", { datetime: article.published }, day(article.published)),
    h("span", {}, t("paragraphs", { n: count(article.passages.length) })),
    h("span", {}, t("characters", { n: count([...article.text].length) })),
    sourceLink(article.url),
  ].filter(Boolean);
  return [h("h1", {}, isolated(article.title)), h("p.facts", {}, facts)];
}

function text(article, cited, question) {
  const units = unitsOf(article.text);
  const parts = [];
  let at = 0;
  // Cut at the cited place, so that the marked characters are those and no others.
  const piece = (start, end) => {
    const from = Math.max(start, cited.from ?? end), to = Math.min(end, cited.to ?? start);
    return marked(article.text.slice(start, end), from < to ? [[from - start, to - start]] : [], "mark.cited");
  };
  const between = (start, end) => {
    if (article.text.slice(start, end).trim()) parts.push(h("p.between", {}, piece(start, end)));
    else if (cited.from < end && cited.to > start) parts.push(h("p.between", {}, piece(start, end)));
  };
  for (const passage of article.passages) {
    const start = Math.max(units(passage.start), at), end = units(passage.end);
    if (start >= end) continue;
    between(at, start);
    parts.push(h("p.paragraph", { id: `p-${passage.paragraph}` },
      h("a.number", { href: articleHref(article.id, passage.start, passage.end, question), "aria-label": t("citeParagraph", { n: passage.paragraph }) }, String(passage.paragraph)),
      h("span.text", {}, ...titled(passage, start, end, piece))));
    at = end;
  }
  between(at, article.text.length);
  return h("div.body", { lang: langOf(article.text) }, parts);
}

// A passage that begins with its own heading shows it as one.
function titled(passage, start, end, piece) {
  const own = passage.heading?.split(" › ").at(-1);
  if (!own || !passage.text.startsWith(own)) return piece(start, end);
  const rest = start + own.length, words = rest + /^\s*/.exec(passage.text.slice(own.length))[0].length;
  return [h("b", {}, piece(start, rest)), h("span.gap", {}, piece(rest, words)), ...piece(words, end)];
}

function citing(article, cited, app, question) {
  const part = h("section.citing", { "aria-label": t("copy") });
  if (!cited.quote) {
    part.append(h("p.small", {}, t("notCited")));
    return part;
  }
  const beside = h("div.by-hand");
  const link = location.origin + articleHref(article.id, cited.start, cited.end);
  const forms = [["plain", plain], ["markdown", markdown], ["gbt", gbt]];
  part.append(
    h("p.small", {}, t("citing", { n: cited.paragraph, m: count([...cited.quote].length) })),
    h("div.buttons", {}, h("span", { id: "copy" }, t("copy")), h("div.group", { role: "group", "aria-labelledby": "copy" }, forms.map(([name, form]) => {
      const button = h("button", { type: "button", "data-form": name, onclick: async () => {
        if (!await copy(form(article, cited, link), t(name), beside)) return;
        button.classList.add("done");
        setTimeout(() => button.classList.remove("done"), 1600);
      } }, t(name));
      return button;
    }))),
    beside);
  return part;
}

// A quote keeps all its characters.
const line = (words) => words.replace(/\s+/g, " ").trim();

const reference = (article, cited) => `《${oneLine(article.title)}》${place({ published: article.published, paragraph: cited.paragraph })}`;

function plain(article, cited, link) {
  return `“${line(cited.quote)}”\n—— ${reference(article, cited)}\n${webUrl(article.url) ?? link}\n`;
}

function markdown(article, cited, link) {
  const safe = (words) => line(words).replace(/[\\`*_[\]<>#|~]/g, "\\$&");
  return `> ${safe(cited.quote)}\n>\n> —— [${safe(reference(article, cited))}](${(webUrl(article.url) ?? link).replace(/[()]/g, (c) => (c === "(" ? "%28" : "%29"))})\n`;
}

/** As GB/T 7714—2015 orders an electronic resource: 题名[EB/OL]. 引文页码(发布日期)[引用日期]. 获取路径. */
function gbt(article, cited, link) {
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  const when = day(article.published) ? `(${day(article.published)})` : "";
  return `${oneLine(article.title)}[EB/OL]. 第${cited.paragraph}段${when}[${today}]. ${webUrl(article.url) ?? link}.\n`;
}

function removal(article, app) {
  const button = h("button.quiet.danger", { type: "button", hidden: true, onclick: async () => {
    if (!await dialog(t("remove"), [h("p", {}, t("removeSure", { title: oneLine(article.title) }))], { confirm: t("confirm"), danger: true })) return;
    try {
      await request(`/api/articles/${encodeURIComponent(article.id)}`, { method: "DELETE" });
      app.changed();
      app.go("/", { replace: true });
      say(t("removed", { title: oneLine(article.title) }));
    } catch (error) {
      button.after(problemBox(error));
    }
  } }, t("remove"));
  app.info().then((info) => { button.hidden = Boolean(info.read_only); }, () => {});
  return [h("p.removal", {}, button)];
}
