// The heat-loss estimate: worked out as the answers change; nothing leaves the page.
const form = document.getElementById("estimate");
const area = form.elements.namedItem("area");
const figure = document.getElementById("figure");
const meaning = document.getElementById("meaning");
const wrong = document.getElementById("area-wrong");
const mail = document.getElementById("by-mail");

const chosen = (name) => form.elements.namedItem(name).selectedOptions[0];

function unit(kilowatts) {
  if (kilowatts > 14.6) return "That is more than one unit of ours gives: insulate first, or use two. A survey tells which.";
  const size = [[4.6, 5], [7.5, 8], [11.2, 12], [14.6, 16]].find(([heat]) => kilowatts <= heat)[1];
  return `A ${size} kW unit is likely to do. The survey may say otherwise: the figure is good to about 15 percent.`;
}

function show() {
  const valid = area.value !== "" && area.validity.valid;
  wrong.hidden = valid || area.value === "";
  area.setAttribute("aria-invalid", String(!wrong.hidden));
  if (mail) mail.hidden = !valid;
  if (!valid) {
    figure.textContent = "–";
    meaning.textContent = "Give the floor area, and the figure stands here.";
    return;
  }
  const factor = chosen("walls").dataset.factor * chosen("windows").dataset.factor;
  const kilowatts = (area.value * chosen("age").dataset.watts * factor) / 1000;
  figure.textContent = `${kilowatts.toFixed(1)} kW`;
  meaning.textContent = unit(kilowatts);
  if (mail) {
    const lines = ["age", "walls", "windows"].map((name) => `${name}: ${chosen(name).textContent}`);
    const body = [`area: ${area.value} m²`, ...lines, `estimate: ${figure.textContent}`].join("\r\n");
    mail.firstElementChild.href = `mailto:${form.dataset.mail}?subject=Estimate&body=${encodeURIComponent(body)}`;
  }
}

form.addEventListener("input", show);
if (form.method === "get") {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    figure.scrollIntoView({ block: "center" });
  });
}
show();
