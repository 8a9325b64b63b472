// The query page: the first click loads DuckDB and public.duckdb from this server, every click answers the query. What is said to
// readers stands in the page (data-…). What is loaded becomes blobs, since a worker made of one is bound by the page's own
// Content-Security-Policy, and one made of an address is not.
"use strict";
(() => {
  const MOST_ROWS = 300, RESULT = "result.csv", TYPES = "types.csv";
  const form = document.querySelector("#query"), said = form.dataset, button = form.querySelector("button");
  const status = document.querySelector("#status"), result = document.querySelector("#result"), saved = document.querySelector("#saved");
  const here = document.currentScript.src, whole = new Intl.NumberFormat(document.documentElement.lang);
  const ours = sentence => Object.assign(new Error(sentence), { isOurs: true });
  let engine;

  async function loaded(name) {
    const answer = await fetch(new URL(name, here)).catch(() => ({}));
    if (!answer.ok) throw ours(said.missing.replace("{}", name.split("/").pop()));
    return answer.arrayBuffer();
  }

  async function start() {
    const [worker, wasm, edition] = await Promise.all(["duckdb-browser-eh.worker.js", "duckdb-eh.wasm", "../data/public.duckdb"].map(loaded));
    const duckdb = await import(new URL("duckdb-browser.js", here));
    const address = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(address(worker, "text/javascript")));
    await database.instantiate(address(wasm, "application/wasm"));
    await database.open({ path: ":memory:" });
    await database.registerFileBuffer("public.duckdb", new Uint8Array(edition));
    const connection = await database.connectInternal();
    const run = sql => database.runQuery(connection, sql);
    for (const sql of [
      "attach 'public.duckdb' as edition (read_only)", "use edition",
      "set autoinstall_known_extensions = false", "set autoload_known_extensions = false",
      `set allowed_paths = ['${RESULT}', '${TYPES}']`, "set enable_external_access = false", "set lock_configuration = true",
    ]) await run(sql);
    return { run, read: async name => new TextDecoder().decode(await database.copyFileToBuffer(name)), drop: name => database.dropFile(name) };
  }

  async function csv(name, sql) {
    await engine.run(`copy (${sql}\n)) to '${name}' (header)`);
    const text = await engine.read(name);
    await engine.drop(name);
    return text;
  }

  function* rows(text) {
    let row = [];
    for (const [, raw, end] of text.matchAll(/("(?:[^"]|"")*"|[^",\n]*)(,|\n)/g)) {
      row.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw || null);
      if (end === "\n") { yield row; row = []; }
    }
  }

  // As in every CSV of this project, a text that a spreadsheet would take for a formula begins with an apostrophe.
  function field(value, isNumber) {
    if (value === null || isNumber) return value ?? "";
    return `"${(/^[\s\p{Cf}]*[=+\-@＝＋－＠]/u.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  }

  function cell(kind, text, isNumber) {
    const made = document.createElement(kind);
    made.textContent = text ?? "–";
    if (kind === "th") made.scope = "col";
    if (isNumber) made.className = "number";
    return made;
  }

  async function ask(sql) {
    const types = [...rows(await csv(TYPES, `select column_type from (describe from (\n${sql}\n)`))].slice(1);
    const isNumber = types.map(([type]) => /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type));
    const text = await csv(RESULT, `from (\n${sql}`);
    const line = (kind, row) => { const made = document.createElement("tr"); made.append(...row.map((value, n) => cell(kind, value, isNumber[n]))); return made; };
    const shown = [], file = [];
    let count = -1, head;
    for (const row of rows(text)) {
      file.push(row.map((value, n) => field(value, count >= 0 && isNumber[n])).join(","));
      if (++count === 0) head = line("th", row);
      else if (count <= MOST_ROWS) shown.push(line("td", row));
    }
    result.querySelector("thead").replaceChildren(head);
    result.querySelector("tbody").replaceChildren(...shown);
    URL.revokeObjectURL(saved.querySelector("a").href);
    saved.querySelector("a").href = URL.createObjectURL(new Blob([file.join("\n"), "\n"], { type: "text/csv" }));
    result.hidden = saved.hidden = false;
    return (count > MOST_ROWS ? said.part : count === 1 ? said.row : said.rows).replace("{}", whole.format(count));
  }

  function told(error, sql) {
    if (error.isOurs) return [error.message];
    const [sentence] = error.message.split("\n\n"), line = /LINE (\d+):/.exec(error.message)?.[1] - 1;  // one is ours
    const foreign = document.createElement("span");
    foreign.lang = "en";
    foreign.textContent = sentence;
    return [`${said.failed} `, foreign, line <= sql.split("\n").length ? ` (${said.line} ${line})` : ""];
  }

  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    result.hidden = saved.hidden = true;
    const sql = form.querySelector("textarea").value.trim().replace(/;$/, "");
    try {
      if (location.protocol === "file:") throw ours(said.disk);
      status.textContent = engine ? said.running : said.loading;
      engine ??= await start();
      button.textContent = said.again;
      status.textContent = await ask(sql);
    } catch (error) {
      status.replaceChildren(...told(error, sql));
    }
    button.setAttribute("aria-disabled", "false");
  });
})();
