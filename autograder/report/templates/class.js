"use strict";
// The table of students: sorted by a column's button, narrowed by what is typed. Without this
// script it is a plain table.
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  // Numbers by their size, with as many decimals all of them; words as readers expect it.
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const words = rows.map((row) => row.textContent.normalize("NFC").toLowerCase());

  const cells = heads.map((_, column) =>
    new Map(rows.map((row) => [row, row.cells[column].textContent.trim()])));

  const sort = (column, direction) => {
    const text = cells[column];
    const sign = direction === "ascending" ? 1 : -1;
    const sorted = rows.slice().sort((a, b) => {
      const [left, right] = [text.get(a), text.get(b)];
      // An empty cell comes last both ways.
      return !left - !right || sign * order.compare(left, right);
    });
    body.append(...sorted);
    heads.forEach((head, n) => head.setAttribute("aria-sort", n === column ? direction : "none"));
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    // On paper a heading is repeated on every page, and buttons are left out of that.
    const paper = document.createElement("span");
    paper.className = "paper";
    paper.append(...head.childNodes);
    button.append(...paper.cloneNode(true).childNodes);
    head.append(button, paper);
    head.setAttribute("aria-sort", "none");
    // The first press puts first what is looked for: the best scores, and A.
    const first = head.classList.contains("n") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    button.addEventListener("click", () =>
      sort(column, head.getAttribute("aria-sort") === first ? other : first));
  });
  heads[0].setAttribute("aria-sort", "ascending");

  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const narrow = () => {
    const wanted = search.value.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => {
      row.hidden = !wanted.every((word) => words[n].includes(word));
      shown += !row.hidden;
    });
    count.textContent = shown === rows.length
      ? `${rows.length} students` : `${shown} of ${rows.length} students`;
  };
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    narrow();
  });
  document.getElementById("tools").hidden = false;
  narrow();
})();
