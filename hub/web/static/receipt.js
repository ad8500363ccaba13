"use strict";
// Receipts: a key that this browser makes; its private half is saved as a file and never sent.
for (const form of document.querySelectorAll("form[data-makes-key]")) {
  if (!globalThis.crypto?.subtle) continue;
  for (const part of form.querySelectorAll("[data-with-key]")) part.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sent) return;
    form.elements.key.value = "";
    if (!form.elements.bind.checked) return;
    event.preventDefault();
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
    const half = async (key) => JSON.stringify(await crypto.subtle.exportKey("jwk", key));
    form.elements.key.value = await half(pair.publicKey);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await half(pair.privateKey)], { type: "application/json" }));
    link.download = form.dataset.makesKey;
    link.click();
    form.submit();
  });
}
