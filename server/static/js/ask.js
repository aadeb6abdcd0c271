// Asking: the box, the answer, the passages.

import { ask, holdsToken, query, request } from "./api.js";
import { collectionPart } from "./collection.js";
import { h, isolated, marked, referenceLink, say, sourceLink } from "./dom.js";
import { t } from "./i18n.js";
import { problemBox, skeleton } from "./parts.js";
import { understoodPart } from "./understood.js";
import { answering, langOf, shared, unitsOf } from "./words.js";

const DEFAULTS = { q: "", k: "5", mode: "hybrid", since: "", until: "", label: "", ignore: "" };
const FILTERS = ["label", "since", "until"];
const PANEL = [...FILTERS, "k", "mode"];
const LONG = 260; // characters of a passage that are shown before it is unfolded
const CERTAIN = 0.8; // confidence from which an answer is called certain; as in the terminal
const HELD = 250; // ms that passages wait for their answer, so that they need not move

let answers = new Map(); // of this visit, so that Back shows them at once
const judgements = new Map(); // what is known to be kept, null where it was withdrawn
let made = 0; // passages, for names of their elements

/** Have every question answered anew. */
export function forgetAnswers() {
  // A new map, as what is being answered now goes into the one of before.
  answers = new Map();
}

/** The view of "/". */
export function askView(main, app) {
  const asked = Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) => [key, app.url.searchParams.get(key) ?? value]));
  asked.q = asked.q.trim();
  const results = h("div.results");
  main.append(askForm(asked, app));
  if (asked.q) {
    app.title(asked.q);
    main.prepend(h("h1.sr", {}, t("asked", { q: asked.q })));
    main.append(results);
    run(results, asked, app);
  } else {
    app.title("");
    main.prepend(h("div.hero", {}, h("h1", {}, t("tagline")), h("p", {}, t("intro"))));
    below(main, app);
    if (matchMedia("(hover: hover)").matches && app.top === undefined) main.querySelector("#q").focus({ preventScroll: true });
  }
}

function address(asked) {
  const set = Object.entries(asked).filter(([key, value]) => value && value !== DEFAULTS[key]);
  return `/${set.length ? `?${query(Object.fromEntries(set))}` : ""}`;
}

function field(name, label, input) {
  input.id = name;
  input.name = name;
  return h("div.field", {}, h("label", { for: name }, label), input);
}

function choice(value, options) {
  const select = h("select", {}, options.map(([key, text]) => h("option", { value: key }, text)));
  select.value = value;
  return select;
}

function askForm(asked, app) {
  const question = h("input", { id: "q", name: "q", type: "search", placeholder: t("placeholder"), autocomplete: "off", enterkeyhint: "search", "aria-describedby": "q-problem" });
  question.value = asked.q;
  const problem = h("p.field-problem", { id: "q-problem", role: "alert" });
  const labels = choice("", [["", t("allLabels")]]);
  if (asked.label) labels.append(h("option", { value: asked.label }, asked.label));
  labels.value = asked.label;
  const counts = [...new Set(["3", "5", "10", "20", "50", asked.k])].sort((a, b) => a - b).map((n) => [n, n]);
  const dates = ["since", "until"].map((name) => {
    const input = h("input", { type: "date", lang: document.documentElement.lang });
    input.value = asked[name];
    return field(name, t(name), input);
  });
  const panel = h("details.filters", {},
    h("summary", {}, t("filters")),
    h("div.fields", {},
      field("label", t("label"), labels), ...dates,
      field("mode", t("mode"), choice(asked.mode, ["hybrid", "dense", "lexical"].map((mode) => [mode, t(mode)]))),
      field("k", t("k"), choice(asked.k, counts)),
      asked.q && h("div.field.end", {}, h("button", { type: "submit" }, t("apply")))));
  panel.open = PANEL.some((key) => asked[key] !== DEFAULTS[key]);
  app.info().then((info) => {
    for (const { label, count } of info.labels ?? []) {
      if (!label) continue;
      const text = `${label}（${count}）`;
      const there = [...labels.options].find((option) => option.value === label);
      if (there) there.textContent = text;
      else labels.append(h("option", { value: label }, text));
    }
  }, () => {});
  const submit = (event) => {
    event.preventDefault();
    const wanted = Object.fromEntries(new FormData(event.currentTarget));
    wanted.q = wanted.q.trim();
    const wrong = !wanted.q ? "needQuestion" : [...wanted.q].length > 512 ? "tooLong" : "";
    const backwards = wanted.since && wanted.until && wanted.since > wanted.until;
    problem.textContent = wrong ? t(wrong) : backwards ? t("wrongDates") : "";
    if (wrong) question.setAttribute("aria-invalid", "true");
    else question.removeAttribute("aria-invalid");
    if (wrong) return question.focus();
    if (backwards) { panel.open = true; return panel.querySelector("#since").focus(); }
    answers.delete(address(wanted)); // asking once more means a new answer
    return app.go(address(wanted), { replace: address(wanted) === address(asked) });
  };
  return h("form.ask", { role: "search", onsubmit: submit, novalidate: true },
    h("label.sr", { for: "q" }, t("question")),
    h("div.box", {}, question, h("button.primary", { type: "submit" }, t("ask"))),
    problem, panel);
}

// Comes all at once, so that nothing moves; without what the server says, the articles still come.
async function below(main, app) {
  const info = await app.info().catch(() => ({}));
  if (app.signal.aborted) return;
  main.append(...examples(info.examples ?? []), collectionPart(app));
  if (app.top) scrollTo(0, app.top);
}

function examples(questions) {
  if (!questions.length) return [];
  const links = questions.slice(0, 6).map((q) => h("li", {}, h("a", { href: address({ q }), lang: langOf(q) }, q)));
  return [h("section.part", { "aria-labelledby": "examples" },
    h("h2", { id: "examples" }, t("examples")), h("ul.examples", {}, links))];
}

async function run(results, asked, app) {
  const key = address(asked);
  if (answers.has(key)) return results.replaceChildren(...found(answers.get(key), asked, app));
  results.setAttribute("aria-busy", "true");
  results.classList.remove("early");
  results.replaceChildren(h("div.answer.waiting", {}, skeleton(95, 60, 40)), h("div.passages", {}, [1, 2, 3].map(() => h("div.passage", {}, skeleton(60, 95, 95, 80, 40)))));
  say(t("searching"));
  const today = new Date().toLocaleDateString("sv"); // as in 2025-06-01, where the asker is
  const body = { question: asked.q, k: Number(asked.k), mode: asked.mode, today };
  if (asked.ignore) body.ignore = ignoredIn(asked);
  for (const name of FILTERS) if (asked[name]) body[name] = asked[name];
  const those = answers;
  let held = 0;
  const early = (told) => {
    held = setTimeout(() => {
      const before = [limits(asked), chips(told, asked)].filter(Boolean);
      results.querySelector(".answer").before(...before);
      results.querySelector(".passages").replaceWith(passageList(told, asked, app, t("passages")));
      results.classList.add("early");
      say(t("answering"));
    }, HELD);
  };
  try {
    const answer = await ask(body, app.signal, early);
    those.set(key, answer);
    if (app.signal.aborted) return undefined;
    if (results.classList.contains("early")) complete(results, found(answer, asked, app));
    else results.replaceChildren(...found(answer, asked, app));
    const took = t("took", { n: answer.passages.length, s: answer.seconds.toFixed(2) });
    say(answer.passages.length ? `${answer.abstained ? t("none") : answer.answer} ${took}` : t("noPassages"));
    recall(results, answer.passages, asked, app).catch(() => {}); // the answer is there without it
  } catch (error) {
    if (error.name === "AbortError" || app.signal.aborted) return undefined;
    results.replaceChildren(problemBox(error, () => run(results, asked, app)));
  } finally {
    clearTimeout(held);
    results.removeAttribute("aria-busy");
  }
  return undefined;
}

// Puts `parts` in the place of what was shown early, and keeps the passages where they are on the
// screen: what the answer takes beyond the place kept for it grows upwards.
function complete(results, parts) {
  const cards = [...results.querySelectorAll(".passage")];
  const top = (element) => element?.getBoundingClientRect().top ?? 0;
  const list = () => results.querySelector(".passages");
  // Cards may change their order; whoever has read on to one stays with it.
  const reading = top(list()) < 0 ? cards.find((card) => card.getBoundingClientRect().bottom > innerHeight / 3) : null;
  const before = top(reading ?? list());
  const fresh = h("div", {}, ...parts);
  for (const card of cards) {
    const same = [...fresh.querySelectorAll(".passage")].find((one) => one.dataset.key === card.dataset.key);
    if (!same) continue;
    for (const part of [".rank", ".score"]) card.querySelector(part).replaceWith(same.querySelector(part));
    same.replaceWith(card); // as it was unfolded and judged
  }
  results.replaceChildren(...fresh.childNodes);
  const moved = top(reading?.isConnected ? reading : list()) - before;
  const beginning = top(results.querySelector(".answer"));
  // An answer that is on the screen keeps its beginning there.
  scrollBy({ top: beginning > 0 ? Math.min(moved, beginning) : moved, behavior: "instant" });
}

function found(answer, asked, app) {
  const { passages } = answer;
  const parts = [limits(asked), chips(answer, asked), answer.abstained ? abstention(answer, asked) : answerPart(answer, asked)];
  if (passages.length) parts.push(passageList(answer, asked, app, t(answer.abstained ? "nearest" : "passages"), answer.seconds));
  return parts.filter(Boolean);
}

// Keys hold no line breaks: a question is one line.
const ignoredIn = (asked) => asked.ignore.split("\n").filter(Boolean);

function chips({ understood }, asked) {
  return understoodPart(understood, ignoredIn(asked), (keys) => address({ ...asked, ignore: keys.join("\n") }));
}

function limits(asked) {
  if (!FILTERS.some((name) => asked[name])) return null;
  const words = [
    asked.label && isolated(asked.label),
    asked.since && t("from", { day: asked.since }),
    asked.until && t("to", { day: asked.until }),
  ].filter(Boolean).flatMap((word, place) => (place ? [" · ", word] : [word]));
  return h("p.limits", {}, t("only"), ...words, h("a", { href: address({ ...asked, since: "", until: "", label: "" }) }, t("clear")));
}

function abstention({ passages, candidates = [] }, asked) {
  return h("section.answer.none", { "aria-labelledby": "answer" },
    h("h2", { id: "answer" }, t(passages.length ? "none" : "noPassages")),
    passages.length ? h("p", {}, t("noneNearest")) : null,
    h("p", {}, t(passages.length ? "noneHint" : "noPassagesHint")),
    others(candidates, asked, "unsureOnes"));
}

function sureness(confidence) {
  if (confidence === null || confidence === undefined) return [];
  return [h("span.sure", {}, t(confidence >= CERTAIN ? "sure" : "maybe")), chance(confidence)];
}

function chance(confidence) {
  const n = Math.round(confidence * 100);
  return h("span.chance", { title: t("confidence", { n }) }, t("chance", { n }));
}

function answerPart(answer, asked) {
  const [read, ...rest] = answer.candidates ?? [];
  return h("section.answer", { "aria-labelledby": "answer" },
    h("h2", { id: "answer" }, t("answer"), ...sureness(answer.confidence)),
    read && h("p.exact", { lang: langOf(read.text) }, ...marked(read.text)),
    answer.citations.map((citation) => h("figure", {},
      h("blockquote", { lang: langOf(citation.quote) }, marked(citation.quote, read ? within(citation, read) : answering(citation.quote, asked.q))),
      h("figcaption", {}, "—— ", referenceLink(citation, asked.q)))),
    others(rest, asked, "others"));
}

// Where the words of an answer stand in a sentence that holds them.
function within(citation, { citations }) {
  const units = unitsOf(citation.quote);
  return citations
    .filter((exact) => exact.article_id === citation.article_id && exact.start >= citation.start && exact.end <= citation.end)
    .sort((a, b) => a.start - b.start)
    .map((exact) => [units(exact.start - citation.start), units(exact.end - citation.start)]);
}

function others(candidates, asked, name) {
  if (!candidates.length) return null;
  return h("details.others", {}, h("summary", {}, t(name, { n: candidates.length })),
    h("ul", {}, candidates.map(({ text, confidence, citations }) => h("li", {},
      h("span.exact", { lang: langOf(text) }, ...marked(text)),
      chance(confidence),
      citations.map((citation) => referenceLink(citation, asked.q))))));
}

function passageList({ passages, understood }, asked, app, heading, seconds) {
  const sought = [asked.q, ...understood.aliases.flatMap(({ aliases }) => aliases)].join(" ");
  const took = seconds === undefined ? null : h("span.took", {}, t("took", { n: passages.length, s: seconds.toFixed(2) }));
  return h("section.passages", { "aria-labelledby": "passages" },
    h("h2", { id: "passages" }, heading, took),
    h("ol", {}, passages.map((passage, rank) => h("li", {}, passageCard(passage, rank + 1, asked, app, sought)))));
}

const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

function passageCard(passage, rank, asked, app, sought) {
  const id = `passage-${made += 1}`;
  const shown = passage.text.replace(/\s*\n\s*/g, "\n");
  const spans = shared(shown, sought);
  const { scores } = passage;
  const text = h("p.text", { lang: langOf(shown), id: `${id}-text` }, marked(shown, spans));
  const numbers = [
    [scores?.dense, "denseScore"], [scores?.lexical, "lexicalScore"], [scores?.facts || null, "factScore"],
  ].flatMap(([value, name]) => (value === null || value === undefined ? [] : [t(name, { n: number(value) })]));
  return h("article.passage", { "aria-labelledby": id, "data-key": `${passage.article_id} ${passage.paragraph}` },
    h("header", {},
      h("span.rank", { "aria-hidden": "true" }, String(rank)),
      h("h3", { id }, referenceLink(passage, asked.q)),
      h("span.score", {}, t("score", { n: number(passage.score) }))),
    where(passage),
    ...folding(text, shown),
    h("p.why", {}, why(shown, spans), numbers.length ? h("span.scores", {}, numbers.join(" · ")) : null),
    h("footer", {}, judge(passage, asked, app), sourceLink(passage.url)));
}

function where({ label, heading, text }) {
  // The passage's own heading can be read at its beginning.
  const path = heading?.split(" › ").filter((part) => !text.startsWith(part)).join(" › ");
  return label || path ? h("p.where", {}, label && h("span.tag", {}, isolated(label)), path && isolated(path)) : null;
}

function folding(text, whole) {
  if (whole.length <= LONG) return [text];
  text.classList.add("folded");
  const button = h("button.quiet.unfold", { type: "button", "aria-expanded": "false", "aria-controls": text.id, onclick: () => {
    const folded = text.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = t(folded ? "more" : "less");
  } }, t("more"));
  return [text, button];
}

function why(text, spans) {
  const words = [...new Set(spans.map(([start, end]) => text.slice(start, end)))].sort((a, b) => b.length - a.length).slice(0, 6);
  if (!words.length) return h("span", {}, t("noShared"));
  const list = words.flatMap((word, at) => [at ? t("comma") : "", h("b", {}, isolated(word))]);
  return h("span", {}, t("shared"), ...list);
}

const judged = (asked, { article_id, paragraph }) => JSON.stringify([asked.q, article_id, paragraph]);

function mark(group) {
  const kept = judgements.get(group.dataset.judged);
  for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.relevant === String(kept)));
}

function judge(passage, asked, app) {
  const key = judged(asked, passage);
  const what = { question: asked.q, article_id: passage.article_id, paragraph: passage.paragraph };
  const group = h("div.judge", { role: "group", "aria-label": t("judge"), title: t("judge"), "data-judged": key },
    [[true, "relevant"], [false, "irrelevant"]].map(([relevant, name]) =>
      h(`button.quiet.${name}`, { type: "button", "data-relevant": String(relevant), onclick: () => choose(relevant, name) }, t(name))));
  const clear = () => group.querySelector(".problem")?.remove();
  let sent = Promise.resolve(); // one after the other, so that the last click is what is kept
  let waiting = 0, kept; // clicks whose answer is awaited; what is kept by those that were answered
  async function choose(relevant, name) {
    if (!waiting++) kept = judgements.get(key);
    const withdrawn = judgements.get(key) === relevant; // a second click takes the first one back
    const now = withdrawn ? null : relevant;
    judgements.set(key, now);
    mark(group);
    clear();
    const send = () => (withdrawn
      ? request(`/api/judgements?${query(what)}`, { method: "DELETE" })
      : request("/api/judgements", { method: "POST", body: { ...what, relevant } }));
    try {
      await (sent = sent.then(send, send));
      kept = now;
      say(t(withdrawn ? "withdrawn" : "judged", { what: t(name) }));
    } catch (error) {
      clear();
      group.append(h("span.problem", { role: "alert" }, error.title ?? t("unreachable")));
    } finally {
      waiting--;
      if (!waiting) judgements.set(key, kept);
      mark(group);
    }
  }
  mark(group);
  app.info().then((info) => { group.hidden = Boolean(info.read_only); }, () => {});
  return group;
}

// Shows what was judged in other visits, as far as the passages are what they were then.
async function recall(results, passages, asked, app) {
  const info = await app.info();
  if (info.read_only || (info.token_wanted && !holdsToken())) return;
  const kept = await request(`/api/judgements?${query({ question: asked.q, limit: 1000 })}`, { signal: app.signal, quiet: true });
  for (const each of kept.judgements) {
    const key = judged(asked, each);
    const shown = passages.find((passage) => judged(asked, passage) === key);
    if (shown?.text === each.text && judgements.get(key) === undefined) judgements.set(key, each.relevant);
  }
  results.querySelectorAll(".judge").forEach(mark);
}
