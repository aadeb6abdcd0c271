// How a question was understood, as chips; taking one away asks again without it.

import { h, isolated } from "./dom.js";
import { lang, t, tag } from "./i18n.js";
import { telling } from "./words.js";

// In Chinese 50亿, not 5,000,000,000.
const number = (value) => value.toLocaleString(tag(), {
  notation: lang() === "zh" ? "compact" : "standard", maximumFractionDigits: 6,
});
const plain = (text) => text.normalize("NFKC").toLowerCase();
const textOf = (key) => key.slice(key.indexOf(":") + 1);

function days({ first, last }) {
  if (!first || first === last) return first;
  const year = first.slice(0, 4);
  return first === `${year}-01-01` && last === `${year}-12-31` ? year : t("days", { first, last });
}

function amount({ low, high, unit }) {
  const gap = lang() === "zh" || unit === "%" ? "" : " ";
  if (low === null) return `≤ ${number(high)}${gap}${unit}`;
  if (high === null) return `≥ ${number(low)}${gap}${unit}`;
  return `${low === high ? number(low) : `${number(low)}–${number(high)}`}${gap}${unit}`;
}

function* readings({ dates, quantities, aliases, terms }, ignored) {
  const told = [...[...dates, ...quantities].map(({ text }) => text), ...ignored.map(textOf)].map(plain);
  for (const read of dates) yield { key: `date:${read.text}`, text: read.text, means: days(read) };
  for (const read of quantities) yield { key: `quantity:${read.text}`, text: read.text, means: amount(read) };
  for (const { name, aliases: others } of aliases) yield { key: `alias:${name}`, text: name, means: others.join(t("comma")) };
  const named = new Set(aliases.map(({ name }) => plain(name)));
  for (const text of terms) {
    if (telling(text) && !named.has(text) && !told.some((whole) => whole.includes(text))) yield { key: `term:${text}`, text };
  }
}

function chip(name, { text, means }, href, label, sign) {
  return h("li", {}, h(`a.chip.${name}`, { href, "aria-label": label },
    h("span", {}, isolated(text), means && h("small", {}, isolated(means))),
    h("span.sign", { "aria-hidden": "true" }, sign)));
}

/** The chips; `without(ignore)` is the address at which these keys are ignored. Null when there is nothing. */
export function understoodPart(understood, ignored, without) {
  const found = new Map([...readings(understood, ignored)].map((one) => [one.key, one]));
  const chips = [...found.values()].map((one) =>
    chip(one.means ? "meant" : "plain", one, without([...ignored, one.key]), t("ignore", { what: one.text }), "×"));
  const left = ignored.map((key) => {
    const text = textOf(key);
    return chip("ignored", { text }, without(ignored.filter((other) => other !== key)), t("heed", { what: text }), "+");
  });
  if (!chips.length && !left.length) return null;
  return h("section.understood", { "aria-labelledby": "understood" },
    h("h2", { id: "understood" }, t("understood")), h("ul.chips", {}, chips, left));
}
