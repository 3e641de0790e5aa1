// A visit dragged to another day or worker leads to the form that "Move" leads to, filled in: a reason is asked for there.
const board = document.querySelector("[data-board]");

for (const stop of board?.querySelectorAll("[data-move]") ?? []) {
  stop.draggable = true;
  stop.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData("text/x-visit", stop.dataset.move);
    event.dataTransfer.effectAllowed = "move";
  });
}
for (const cell of board?.querySelectorAll("[data-on]") ?? []) {
  const over = (isOver) => cell.classList.toggle("pw-board__over", isOver);
  cell.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("text/x-visit")) return;
    event.preventDefault();
    over(true);
  });
  cell.addEventListener("dragleave", () => over(false));
  cell.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const move = event.dataTransfer.getData("text/x-visit");
    const { worker, on } = cell.dataset;
    if (move) location.assign(`${move}?${new URLSearchParams({ worker, on })}`);
  });
}
