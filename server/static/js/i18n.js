// What the page says, in Chinese and English.

const WORDS = {
  zh: {
    name: "问据", tagline: "问有所答，答有所据", skip: "跳到正文",
    intro: "用一句话提问。答案是文章里的原句，每一句都能点开出处核对。",
    question: "问题", placeholder: "用一句话写下问题", ask: "提问",
    tooLong: "问题请不要超过 512 个字", needQuestion: "请先写下问题", wrongDates: "开始日期晚于结束日期",
    filters: "筛选与选项", label: "类别", allLabels: "全部类别", since: "从", until: "到",
    k: "段落数", mode: "查找方式", hybrid: "语义与字词", dense: "只按语义", lexical: "只按字词",
    apply: "应用", clear: "清除筛选", only: "只看：", from: "{day} 起", to: "截至 {day}",
    examples: "可以这样问",
    understood: "对问题的理解", days: "{first} 至 {last}", ignore: "不要这样理解“{what}”，重新提问", heed: "恢复对“{what}”的理解，重新提问",
    answer: "回答", asked: "“{q}”的结果", searching: "正在查找……", answering: "正在找答案……",
    sure: "确定", maybe: "可能", confidence: "答案正确的概率约 {n}%",
    others: "其他可能的答案（{n}）", unsureOnes: "把握不足的候选答案（{n}）", chance: "{n}%",
    none: "没有找到可靠的答案",
    noneNearest: "下面是最接近的段落，它们未必回答了这个问题。",
    noneHint: "可以换一种说法，或者放宽日期和类别。",
    noPassages: "没有找到段落", noPassagesHint: "可以换一种说法，或者放宽日期和类别。",
    passages: "相关段落", nearest: "最接近的段落", took: "{n} 段，用时 {s} 秒",
    reference: "（{day}）第{n}段", referenceNoDay: "第{n}段",
    score: "得分 {n}", denseScore: "语义 {n}", lexicalScore: "字词 {n}", factScore: "数字日期 {n}",
    shared: "相同的词：", noShared: "没有相同的词，按语义找到", comma: "、",
    more: "展开全段", less: "收起",
    judge: "这一段和问题相关吗？", relevant: "相关", irrelevant: "不相关",
    judged: "已记下：{what}", withdrawn: "已撤回：{what}",
    source: "原文", newWindow: "（在新窗口打开）",
    back: "返回结果", home: "返回首页", paragraphs: "{n} 段", characters: "{n} 字",
    citeParagraph: "引用第 {n} 段", cited: "引用的文字", citing: "正在引用第 {n} 段的 {m} 个字",
    notCited: "点段落前的编号，就可以引用那一段。",
    badRange: "链接里的位置不在这篇文章里，文章可能已经更新。",
    copy: "复制引用", plain: "纯文本", markdown: "Markdown", gbt: "GB/T 7714",
    copied: "已复制：{what}", copyFailed: "复制不了，请手动选取：",
    remove: "删除这篇文章", removeSure: "要从文集里删除《{title}》吗？删除后不能恢复。",
    removed: "已删除《{title}》", cancel: "取消", confirm: "删除",
    collection: "文集里的文章", size: "共 {a} 篇，{p} 段，{c} 字", span: "发表于 {from} 至 {to}",
    find: "按标题查找", moreArticles: "显示更多", reports: "评测报告", noArticles: "没有标题相符的文章",
    empty: "文集还是空的，先添加几篇文章，就可以提问了。",
    emptyReadOnly: "文集还是空的，而且是只读的，请用命令行添加文章。",
    add: "添加文章", choose: "选择文件", drop: "把文件拖到这里，或者",
    formats: "支持 txt、md、html、csv、tsv、jsonl，编码为 UTF-8 或 GB18030。",
    dropNow: "松开鼠标，添加文章", uploading: "上传 {n}%", indexing: "正在读取和索引……",
    waiting: "排队中", addedN: "新增 {n} 篇", replacedN: "更新 {n} 篇", unchangedN: "{n} 篇没有变化",
    nothingRead: "没有读到文章", fileFailed: "没有添加", partFailed: "部分记录没有添加", filesDone: "{n} 个文件处理完毕，{m} 个有问题",
    waitFor: "请求太多，{n} 秒后继续",
    token: "需要令牌", tokenWhy: "这台服务器要求凭令牌操作。令牌只保存在这个标签页里，关闭后就会清除。",
    tokenWrong: "令牌不对，请重新输入。", tokenLabel: "令牌", tokenUse: "使用",
    retry: "重试", offline: "没有网络", offlineHint: "连上网络后会自动重试。",
    unreachable: "连不上服务器", unreachableHint: "请确认服务器正在运行，然后重试。",
    busy: "请求太多", busyHint: "{n} 秒后自动重试", unavailable: "服务器暂时不能回答",
    failed: "出错了", requestId: "请求编号：{id}",
    notFound: "没有这个页面", noArticle: "没有这篇文章",
    loading: "正在载入……", model: "模型 {m}", api: "接口文档",
  },
  en: {
    name: "Wenju", tagline: "Answers that show their source", skip: "Skip to content",
    intro: "Ask in a sentence. Answers are sentences from the articles; open any of them to check where it stands.",
    question: "Question", placeholder: "Write a question in a sentence", ask: "Ask",
    tooLong: "Please keep the question within 512 characters", needQuestion: "Please write a question first", wrongDates: "The first day is after the last",
    filters: "Filters and options", label: "Label", allLabels: "All labels", since: "From", until: "To",
    k: "Passages", mode: "Search by", hybrid: "Meaning and words", dense: "Meaning only", lexical: "Words only",
    apply: "Apply", clear: "Clear filters", only: "Only: ", from: "since {day}", to: "until {day}",
    examples: "Try asking",
    understood: "Understood as", days: "{first} to {last}", ignore: "Ask again without “{what}”", heed: "Ask again with “{what}”",
    answer: "Answer", asked: "Results for “{q}”", searching: "Searching…", answering: "Looking for the answer…",
    sure: "Certain", maybe: "Possible", confidence: "About {n}% likely to be right",
    others: "Other possible answers ({n})", unsureOnes: "Answers read, but not reliable ({n})", chance: "{n}%",
    none: "No reliable answer was found",
    noneNearest: "These are the nearest passages. They may not answer the question.",
    noneHint: "Try other words, or widen the dates and labels.",
    noPassages: "No passages were found", noPassagesHint: "Try other words, or widen the dates and labels.",
    passages: "Passages", nearest: "Nearest passages", took: "{n} passages in {s} s",
    reference: " ({day}), paragraph {n}", referenceNoDay: ", paragraph {n}",
    score: "Score {n}", denseScore: "Meaning {n}", lexicalScore: "Words {n}", factScore: "Facts {n}",
    shared: "Words in common: ", noShared: "No words in common; found by meaning", comma: ", ",
    more: "Show all", less: "Show less",
    judge: "Is this passage relevant to the question?", relevant: "Relevant", irrelevant: "Not relevant",
    judged: "Noted: {what}", withdrawn: "Taken back: {what}",
    source: "Source", newWindow: " (opens in a new window)",
    back: "Back to results", home: "Back to start", paragraphs: "{n} paragraphs", characters: "{n} characters",
    citeParagraph: "Cite paragraph {n}", cited: "Cited text", citing: "Citing {m} characters of paragraph {n}",
    notCited: "Choose a paragraph’s number to cite it.",
    badRange: "The place in the link is not in this article; the article may have changed.",
    copy: "Copy citation", plain: "Plain text", markdown: "Markdown", gbt: "GB/T 7714",
    copied: "Copied: {what}", copyFailed: "Could not copy; please select it by hand:",
    remove: "Delete this article", removeSure: "Delete “{title}” from the collection? This cannot be undone.",
    removed: "Deleted “{title}”", cancel: "Cancel", confirm: "Delete",
    collection: "Articles in the collection", size: "{a} articles, {p} paragraphs, {c} characters", span: "published {from} to {to}",
    find: "Find by title", moreArticles: "Show more", reports: "Evaluation reports", noArticles: "No such articles",
    empty: "The collection is empty. Add some articles, then ask.",
    emptyReadOnly: "The collection is empty and read-only. Add articles with the command line.",
    add: "Add articles", choose: "Choose files", drop: "Drop files here, or",
    formats: "txt, md, html, csv, tsv and jsonl files, in UTF-8 or GB18030.",
    dropNow: "Drop to add articles", uploading: "Uploading {n}%", indexing: "Reading and indexing…",
    waiting: "Waiting", addedN: "{n} added", replacedN: "{n} replaced", unchangedN: "{n} unchanged",
    nothingRead: "No articles in it", fileFailed: "Not added", partFailed: "Some records not added", filesDone: "{n} files done, {m} with problems",
    waitFor: "Too many requests; going on in {n} s",
    token: "A token is needed", tokenWhy: "This server asks for a token. It is kept in this tab only and forgotten when the tab is closed.",
    tokenWrong: "That token was not accepted. Please try again.", tokenLabel: "Token", tokenUse: "Use",
    retry: "Try again", offline: "You are offline", offlineHint: "This will be tried again once you are online.",
    unreachable: "The server cannot be reached", unreachableHint: "Please check that it is running, then try again.",
    busy: "Too many requests", busyHint: "trying again in {n} s", unavailable: "The server cannot answer just now",
    failed: "Something went wrong", requestId: "Request id: {id}",
    notFound: "There is no such page", noArticle: "There is no such article",
    loading: "Loading…", model: "Model {m}", api: "API documentation",
  },
};

const KEY = "wenju-lang";

function remembered() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function wanted() {
  const asked = new URLSearchParams(location.search).get("lang");
  for (const choice of [asked, remembered()]) if (choice && Object.hasOwn(WORDS, choice)) return choice;
  return "zh";
}

let language = "zh";

/** The language of the page: "zh" or "en". */
export const lang = () => language;

/** The page's language as an HTML language tag. */
export const tag = () => (language === "zh" ? "zh-Hans" : "en");

/** Use a language, and remember it; without an argument, the one asked for by the address or remembered. */
export function useLanguage(choice) {
  language = choice ?? wanted();
  document.documentElement.lang = tag();
  try { localStorage.setItem(KEY, language); } catch { /* storage may be switched off */ }
}

/** The page's words for `key`, with {name}s filled in. */
export function t(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A whole number with the language's separators. */
export const count = (n) => Number(n ?? 0).toLocaleString(tag());
