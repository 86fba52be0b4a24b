// The report's pages: theme, deep links, filters, copying. Plain code, no network; the pages can be read without it.
"use strict";

(() => {
  const THEMES = ["auto", "light", "dark"];
  const CLAIM = /^#[A-Z]{1,8}-[1-9]\d*$/;

  // Set before the page is drawn, so that it does not flash in the other theme.
  let theme = "auto";
  try {
    theme = localStorage.getItem("relecture-theme") ?? "auto";
  } catch {
    // A browser that keeps nothing for pages from disk follows the system.
  }
  const applyTheme = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  applyTheme();

  function switchTheme() {
    const button = document.querySelector("[data-theme-switch]");
    const show = () => {
      button.querySelector("[data-theme-name]").textContent = theme[0].toUpperCase() + theme.slice(1);
      button.setAttribute("aria-label", `Theme: ${theme}`);
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      try {
        localStorage.setItem("relecture-theme", theme);
      } catch {
        // Kept for this page only.
      }
      applyTheme();
      show();
    });
  }

  // A claim that stands on another page: its link is here, so go there.
  function followClaim() {
    if (!CLAIM.test(location.hash)) return;
    const link = document.querySelector(`a.tile${location.hash}, .list a.id[href$="${location.hash}"]`);
    if (link && !document.querySelector(`section${location.hash}`)) location.replace(link.href);
  }

  function filter() {
    const form = document.querySelector("[data-filters]");
    if (!form) return;
    const items = [...document.querySelectorAll("[data-item]")].map((element) => ({
      element,
      text: `${element.textContent} ${element.dataset.words ?? ""}`.toLowerCase(),
    }));
    const slides = [...document.querySelectorAll("[data-slide]")];
    const fields = [...form.elements].filter((field) => field.name);

    const apply = () => {
      const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = fields.filter((field) => field.name !== "q" && field.value);
      let shown = 0;
      for (const { element, text } of items) {
        const fits =
          chosen.every((field) => element.dataset[field.name] === field.value) &&
          words.every((word) => text.includes(word));
        element.hidden = !fits;
        shown += fits;
      }
      for (const slide of slides) slide.hidden = !slide.querySelector("[data-item]:not([hidden])");
      form.querySelector("[data-shown]").textContent = `${shown} of ${items.length}`;
      document.querySelector("[data-none]").hidden = shown > 0;
    };
    // A search from another page came as a query; the fields are what counts from the first change on.
    const remember = () => {
      const chosen = fields.filter((field) => field.value).map((field) => [field.name, field.value]);
      const claim = CLAIM.test(location.hash) ? location.hash : "";
      history.replaceState(null, "", location.pathname + (chosen.length ? `#${new URLSearchParams(chosen)}` : claim));
    };
    const recall = () => {
      const claim = CLAIM.test(location.hash) && document.querySelector(`section${location.hash}`);
      if (claim) {
        if (claim.hidden) form.reset();
        apply();
        claim.scrollIntoView();
        return;
      }
      const state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : location.search);
      for (const field of fields) field.value = state.get(field.name) ?? "";
      apply();
    };

    form.hidden = false;
    form.addEventListener("input", () => {
      apply();
      remember();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      // The fields are emptied after this event.
      setTimeout(() => {
        apply();
        remember();
      });
    });
    addEventListener("hashchange", () => {
      // A link to another place of the page, such as its content, says nothing about the filters.
      if (!location.hash || location.hash.includes("=") || CLAIM.test(location.hash)) recall();
    });
    recall();
  }

  function copyCommands() {
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const code = button.parentElement.querySelector("code");
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(code);
          button.textContent = "Selected";
        }
        setTimeout(() => (button.textContent = "Copy"), 1500);
      });
    }
  }

  // What scrolls sideways can be reached with the keyboard; what fits is no stop on the way.
  function reachScrolled() {
    const mark = () => {
      for (const box of document.querySelectorAll("[data-scroll]")) {
        if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      }
    };
    mark();
    addEventListener("resize", mark);
    addEventListener("toggle", mark, true);
    addEventListener("input", mark);
  }

  function narrowMap() {
    const map = document.querySelector("details.map");
    if (map && matchMedia("(max-width: 64rem)").matches) map.open = false;
  }

  // Paper shows what is folded away on the screen.
  function unfoldForPrint() {
    let folded = [];
    addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll("details:not([open])")];
      for (const details of folded) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of folded) details.open = false;
    });
  }

  addEventListener("DOMContentLoaded", () => {
    switchTheme();
    followClaim();
    addEventListener("hashchange", followClaim);
    narrowMap();
    filter();
    copyCommands();
    reachScrolled();
    unfoldForPrint();
  });
})();
