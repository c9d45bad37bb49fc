// Sorts the rows of a table by the column whose heading is pressed; pressed again, the other way round.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const body = table.tBodies[0];
      const key = (row) => row.cells[column].dataset.key;
      const order = (one, other) => {
        const [first, second] = [key(one), key(other)];
        const numbers = [Number(first), Number(second)];
        if (!numbers.some(Number.isNaN)) return numbers[0] - numbers[1];
        return first.localeCompare(second);
      };
      const rows = [...body.rows].sort((one, other) => (falling ? -1 : 1) * order(one, other));
      body.append(...rows);
    });
  });
}
