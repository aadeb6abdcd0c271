// The page: which view an address has, and how to get from one to another.

import { onTokenWanted, request } from "./api.js";
import { articleView } from "./article.js";
import { askView, forgetAnswers } from "./ask.js";
import { h, oneLine, say } from "./dom.js";
import { lang, t, useLanguage } from "./i18n.js";
import { tokenDialog } from "./parts.js";

const main = document.getElementById("main");
let leave = () => {};
let info = null;

/** What the server says about its collection; asked for once, and again after changes. */
function collectionInfo() {
  if (!info) {
    info = request("/api/info").then((known) => { foot(known); return known; });
    info.catch(() => { info = null; });
  }
  return info;
}

/** Articles came or went: what was known of the collection is so no longer. */
function changed() {
  info = null;
  forgetAnswers();
}

/** Go to an address of this page. */
function go(href, { replace = false } = {}) {
  const steps = stepsFromResults();
  if (replace) history.replaceState({}, "", href);
  else history.pushState({ steps }, "", href);
  show();
}

// How many steps Back the results are, from an article that is about to be opened.
function stepsFromResults() {
  if (location.pathname === "/") return new URLSearchParams(location.search).has("q") ? 1 : undefined;
  return history.state?.steps && history.state.steps + 1;
}

/** Show the view of the address, scrolled to where it was left. */
function show({ focus = true } = {}) {
  leave();
  const url = new URL(location.href);
  const article = /^\/article\/(.+)$/.exec(url.pathname);
  const app = { url, go, info: collectionInfo, changed, top: history.state?.y, title };
  main.replaceChildren();
  const stop = new AbortController();
  leave = () => stop.abort();
  app.signal = stop.signal;
  if (article) articleView(main, app, decoded(article[1]));
  else if (url.pathname === "/") askView(main, app);
  else {
    title(t("notFound"));
    main.append(h("h1", {}, t("notFound")), h("p", {}, h("a", { href: "/" }, t("home"))));
  }
  if (focus && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  scrollTo(0, app.top ?? 0);
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function title(text) {
  document.title = text ? `${oneLine(text)} · ${t("name")}` : t("name");
}

function frame() {
  document.getElementById("skip").textContent = t("skip");
  document.querySelector("#brand span").textContent = t("name");
  document.querySelector("#brand span").lang = document.documentElement.lang;
  const button = document.getElementById("language");
  button.textContent = lang() === "zh" ? "English" : "中文";
  button.lang = lang() === "zh" ? "en" : "zh-Hans";
}

function foot(known) {
  const model = typeof known.model === "string" ? known.model : known.model?.name;
  document.getElementById("foot").replaceChildren(
    model ? h("span", {}, t("model", { m: model })) : "", h("a", { href: "/docs" }, t("api")));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  const ours = url.pathname === "/" || url.pathname.startsWith("/article/");
  if (url.origin !== location.origin || link.target || !ours || url.hash) return;
  event.preventDefault();
  go(url.pathname + url.search);
});

document.getElementById("language").addEventListener("click", () => {
  useLanguage(lang() === "zh" ? "en" : "zh");
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  history.replaceState({ ...history.state, y: scrollY }, "", url);
  frame();
  info?.then(foot);
  show({ focus: false });
  say(t("name"));
});

// Back and Forward find a view as far down as it was left.
history.scrollRestoration = "manual";
let settling = 0;
addEventListener("scroll", () => {
  clearTimeout(settling);
  settling = setTimeout(() => history.replaceState({ ...history.state, y: scrollY }, ""), 120);
}, { passive: true });
addEventListener("popstate", () => { clearTimeout(settling); show(); });

onTokenWanted(tokenDialog);
useLanguage();
frame();
collectionInfo().catch(() => {});
show({ focus: false });
