// The theme: the system's, or the one chosen here. Runs before the first paint, so it is no module.
(() => {
  "use strict";
  const choices = ["system", "light", "dark"];
  const root = document.documentElement;
  let choice = "system";
  try {
    choice = localStorage.getItem("errgate-theme") ?? choice;
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }

  function apply(button) {
    if (!choices.includes(choice)) choice = "system";
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
    if (button) button.textContent = `Theme: ${choice}`;
  }

  apply(null);
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    apply(button);
    button.addEventListener("click", () => {
      choice = choices[(choices.indexOf(choice) + 1) % choices.length];
      apply(button);
      try {
        localStorage.setItem("errgate-theme", choice);
      } catch {
        // as above
      }
      dispatchEvent(new Event("theme"));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("theme")));
  });
})();
