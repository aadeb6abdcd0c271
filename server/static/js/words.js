// Places in text: code points, words in common, words that answer.

const HAN = /\p{Script=Han}/u;
const LATIN = /[\p{Script=Latin}\p{N}]/u;
// Words of questions that say nothing about their subject.
const ASKING = /为什么|為什麼|什么|什麼|(?:多少|几|幾)[个個家名人次年月天项項条條倍元座位种種亩畝岁歲层層部]?|哪些|哪个|哪家|哪里|哪年|哪一|怎么|怎麼|怎样|怎樣|如何|是否|有没有|可以|多大|多长|多久|多高|[的了吗嗎呢吧么是谁誰和与與及或就都也还還]/gu;
// Characters that count only beside others that are shared: 在线教育 is marked, 现在 is not.
const WEAK = /[在有从從对對被把这這那个個之其于於几幾哪]/u;
const COMMON = new Set("a an and are as at be by did do does for from has have how in is it many much of on or s that the their there this to was were what when where which who why will with".split(" "));

/** Whether a word says something about what is asked. */
export const telling = (word) => [...word].length > 1 && !COMMON.has(word);

/** Converts offsets in Unicode code points to offsets in `text`, which JavaScript counts in UTF-16. */
export function unitsOf(text) {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (points) => Math.min(points, text.length);
  const units = [0];
  for (const point of text) units.push(units.at(-1) + point.length);
  return (points) => units[Math.min(points, units.length - 1)];
}

/** Lower case and one width, with the place in `text` that each folded unit came from. */
function fold(text) {
  let folded = "";
  const starts = [], ends = [];
  let at = 0;
  for (const point of text) {
    const plain = point.normalize("NFKC").toLowerCase();
    for (let i = 0; i < plain.length; i++) { starts.push(at); ends.push(at + point.length); }
    folded += plain;
    at += point.length;
  }
  return { folded, starts, ends };
}

function* tokens(folded) {
  for (const match of folded.matchAll(/[\p{Script=Latin}\p{N}]+(?:[.,][\p{N}]+)*|\p{Script=Han}+/gu)) {
    yield { text: match[0], start: match.index, han: HAN.test(match[0]) };
  }
}

function* pairs(run) {
  const points = [...run];
  for (let i = 0, at = 0; i + 1 < points.length; at += points[i].length, i++) {
    yield [points[i] + points[i + 1], at];
  }
}

/** Merges sorted or unsorted [start, end) pairs that touch. */
function merged(spans) {
  const out = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

/** Where `text` has words of `question`: at least two Han characters, or a whole word or number. */
export function shared(text, question) {
  const asked = fold(question).folded.replace(ASKING, " ");
  const words = new Set();
  for (const token of tokens(asked)) {
    if (token.han) for (const [pair] of pairs(token.text)) words.add(pair);
    else if (!COMMON.has(token.text)) words.add(token.text);
  }
  const { folded, starts, ends } = fold(text);
  const spans = [];
  for (const token of tokens(folded)) {
    const found = token.han
      ? groups([...pairs(token.text)].filter(([pair]) => words.has(pair)))
      : words.has(token.text) ? [[0, token.text.length]] : [];
    for (const [start, end] of found) spans.push([starts[token.start + start], ends[token.start + end - 1]]);
  }
  return merged(spans);
}

/** The [start, end) places of pairs that overlap, unless all of them are weak. */
function groups(found) {
  const out = [];
  for (const [pair, at] of found) {
    const strong = !WEAK.test(pair), last = out.at(-1);
    if (last && at < last[1]) { last[1] = at + pair.length; last[2] ||= strong; }
    else out.push([at, at + pair.length, strong]);
  }
  return out.filter(([, , strong]) => strong);
}

const TIME_ASKED = /何时|何時|何年|何月|何日|几时|几点|几月|几号|(?:什么|什麼|啥)(?:时候|時候|时间|時間|年份|日期|日子)|哪(?:一)?(?:年|月|天|日|个月|一天)|\bwhen\b|(?:what|which) (?:year|date|month|day|time)/i;
const AMOUNT_ASKED = /多少|几(?!乎|何)|幾(?!乎|何)|多(?:大|高|长|長|远|遠|久|宽|寬|深|重|快)|占比|比例|how (?:many|much|large|big|long|far|high|tall|often|old)|what (?:percentage|proportion|share)/i;
const NUMERAL = "零〇一二两兩三四五六七八九十百千万萬亿億";
const UNIT = "(?:美元|公里|平方米|平方公里|小时|工作日|个工作日|個工作日|个月|個月|[元个個家名人次年月天日项項条條倍成座位种種亩畝级級岁歲层層根米吨噸套栋棟所篇%])";
const AMOUNT = new RegExp(`[0-9][0-9,.]*\\s*[${NUMERAL}]*多?${UNIT}?|[${NUMERAL}]{2,}多?${UNIT}?|[${NUMERAL}]${UNIT}`, "gu");
const YEAR = /^(?:1[0-9]|20)[0-9]{2}\s*年?$/;
const TIME = /(?:[0-9]{1,4}\s*年\s*)?(?:[0-9]{1,2}\s*月\s*)?[0-9]{1,2}\s*[日号號]|[0-9]{1,4}\s*年(?:\s*[0-9]{1,2}\s*月|代|底|初)?|[0-9]{1,2}\s*月(?:份|底|初)?|[零〇一二三四五六七八九十]{1,4}[年月日]|[0-9]{1,2}世[纪紀](?:\s*[0-9]{2}年代[初中末]?)?|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|去年|今年|明年|上半年|下半年/gu;

/** Where `quote` has the words that answer, as far as can be told without reading: amounts and times for questions that ask for those, else the words in common. */
export function answering(quote, question) {
  const asked = fold(question).folded;
  const time = TIME_ASKED.test(asked);
  if (time || AMOUNT_ASKED.test(asked)) {
    const { folded, starts, ends } = fold(quote);
    const found = [...folded.matchAll(time ? TIME : AMOUNT)]
      .filter(([text]) => !asked.includes(text) && (time || !YEAR.test(text)))
      .map((match) => [starts[match.index], ends[match.index + match[0].trimEnd().length - 1]]);
    if (found.length) return merged(found);
  }
  return shared(quote, question);
}

/** The language tag of a piece of text, so that its characters get the right shapes. */
export function langOf(text) {
  if (/[\u3041-\u30ff]/.test(text)) return "ja";
  if (!HAN.test(text)) return LATIN.test(text) ? "en" : "zh-Hans";
  const many = (pattern) => text.match(pattern)?.length ?? 0;
  const traditional = many(/[這個們國為說學會對時來後發經區萬與產業務開關銀書機點間長門見]/g);
  const simplified = many(/[这个们国为说学会对时来后发经区万与产业务开关银书机点间长门见]/g);
  return traditional > simplified ? "zh-Hant" : "zh-Hans";
}
