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
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

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
