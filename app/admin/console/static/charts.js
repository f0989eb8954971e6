// Draws a page's figures, and again every three seconds (or as the page says) while somebody looks.
"use strict";

(() => {
  const place = document.getElementById("figures");
  const COLOURS = ["#0b7a6b", "#3b82c4", "#e0a030", "#7a5fb0", "#d5604d", "#4c9f50", "#b0477f", "#5a6a78", "#2aa5b5", "#a9782b"];
  const charts = new Map();
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.color = "#5a6a78";

  function options(kind) {
    const stacked = kind === "bars";
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: calm ? false : { duration: 350 },
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { position: "bottom", align: "start", labels: { boxWidth: 10, boxHeight: 10, usePointStyle: true, padding: 12 } },
        tooltip: { backgroundColor: "#12252c", padding: 10, boxPadding: 4, usePointStyle: true, filter: (item) => item.parsed.y > 0 },
      },
      scales: {
        x: { stacked, grid: { display: false }, border: { color: "#dfe6ea" }, ticks: { maxRotation: 0, autoSkipPadding: 14 } },
        y: { stacked, beginAtZero: true, border: { display: false }, grid: { color: "#edf1f3" }, ticks: { precision: 0, maxTicksLimit: 5 }, suggestedMax: 4 },
      },
    };
  }

  function dataset(kind, line, n) {
    const colour = COLOURS[n % COLOURS.length];
    const shape = kind === "bars"
      ? { backgroundColor: colour, borderRadius: 3, maxBarThickness: 26, stack: "one" }
      : { borderColor: colour, backgroundColor: `${colour}22`, fill: true, cubicInterpolationMode: "monotone", pointRadius: 0, pointHitRadius: 12, borderWidth: 2, spanGaps: true };
    return { label: line.name, data: line.values, pointStyle: kind === "bars" ? "rectRounded" : "line", ...shape };
  }

  function draw(section, labels, lines) {
    const kind = section.dataset.kind;
    const nothing = lines.length === 0;
    section.querySelector(".still").hidden = !nothing;
    section.querySelector("canvas").hidden = nothing;
    if (nothing) return;
    let chart = charts.get(section);
    if (!chart) {
      chart = new Chart(section.querySelector("canvas"), { type: kind === "bars" ? "bar" : "line", data: { labels, datasets: [] }, options: options(kind) });
      charts.set(section, chart);
    }
    const fresh = lines.map((line, n) => dataset(kind, line, n));
    chart.data.labels = labels;
    // Kept as they are where they go on, so that bars grow and do not start anew.
    chart.data.datasets = fresh.map((one) => Object.assign(chart.data.datasets.find((known) => known.label === one.label) ?? {}, one));
    chart.update();
  }

  async function look() {
    if (document.hidden && charts.size) return;
    try {
      const answer = await fetch(place.dataset.figures, { headers: { accept: "application/json", "x-desk-look-again": "1" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return;
      const said = await answer.json();
      document.getElementById("as-of").textContent = said.said;
      for (const tile of place.querySelectorAll("[data-tile]")) {
        const { value, warn } = said.tiles[tile.dataset.tile];
        tile.querySelector("[data-value]").textContent = typeof value === "number" ? numbers.format(value) : value;
        tile.classList.toggle("warn", warn);
      }
      for (const section of document.querySelectorAll("[data-chart]")) draw(section, said.labelled?.[section.dataset.chart] ?? said.labels, said.charts[section.dataset.chart]);
    } catch {
      /* the next look may succeed */
    }
  }

  look();
  setInterval(look, Number(place.dataset.every) || 3000);
})();
