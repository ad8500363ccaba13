"use strict";
// Comfort only: every page works without this file.

const summary = document.querySelector(".summary");
if (summary) summary.focus();

for (const place of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small";
  button.textContent = place.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place.textContent.trim());
    button.textContent = place.dataset.copied;
  });
  if (navigator.clipboard) place.after(button);
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    // What comes back as a file leaves the page as it is: it can be sent again.
    if ("file" in form.dataset) setTimeout(() => delete form.dataset.sent, 2000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Ranks: beside each number, two buttons that move its option up or down. Typing the numbers does the same.
const ranks = [...document.querySelectorAll("[data-ranks] input[name^=rank_]")];
const ranked = () => ranks.filter((box) => /^[0-9]+$/.test(box.value.trim()))
  .sort((one, other) => one.value - other.value);
for (const box of ranks) {
  const around = document.createElement("div");
  around.className = "rank";
  box.replaceWith(around);
  around.append(box);
  for (const [by, sign] of [[-1, "\u2191"], [1, "\u2193"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = sign;
    const words = box.closest("[data-ranks]").dataset[by < 0 ? "up" : "down"];
    button.setAttribute("aria-label", `${words}: ${document.querySelector(`label[for="${box.id}"]`).textContent}`);
    button.addEventListener("click", () => {
      const order = ranked();
      const place = order.indexOf(box);
      if (place >= 0) order.splice(place, 1);
      // Up: one place better, and last of those ranked at first; down: one worse, and after the last not ranked.
      const next = place < 0 ? order.length : place + by;
      if (place < 0 ? by < 0 : next <= order.length) order.splice(Math.max(0, next), 0, box);
      for (const one of ranks) one.value = "";
      order.forEach((one, at) => { one.value = at + 1; });
    });
    around.append(button);
  }
}

// Passkeys: the browser asks its owner, and the answer goes back in the form.
const keys = globalThis.PublicKeyCredential;
const canUse = keys && keys.parseRequestOptionsFromJSON && keys.prototype.toJSON;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!canUse) continue;
  for (const note of document.querySelectorAll("[data-without-passkey]")) note.hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const given = JSON.parse(form.dataset.options);
    try {
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(given) })
        : await navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(given) });
      form.elements.answer.value = JSON.stringify(credential.toJSON());
    } catch {
      // Whoever said no, or let it lapse, gets the page's sentence for that.
      form.elements.answer.value = "{}";
    }
    form.submit();
  });
}
