"use strict";
// The key of an office: made, locked and used in this browser. What is sent is its public half, and a signature.
// The file is that of hub/mirror/role_keys.py; the command hub role opens and makes the same.

const subtle = globalThis.crypto?.subtle;
const bytes = (text) => new TextEncoder().encode(text);
const to64 = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw)));
const from64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const toUrl = (raw) => to64(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const fromUrl = (text) => from64(text.replace(/-/g, "+").replace(/_/g, "/"));
const ROUNDS = 600000;

const can = async () => {
  try {
    return Boolean(await subtle.generateKey("Ed25519", false, ["sign"]));
  } catch {
    return false;
  }
};

const lockedBy = async (passphrase, salt, iterations) => {
  const typed = await subtle.importKey("raw", bytes(passphrase.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};
const sealed = (grant, open, nonce) => ({ name: "AES-GCM", iv: nonce, additionalData: bytes(`role key ${grant} ${open}`) });

const make = async (grant, passphrase) => {
  const pair = await subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { d, x } = await subtle.exportKey("jwk", pair.privateKey);
  const [salt, nonce] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const box = await subtle.encrypt(sealed(grant, x, nonce), await lockedBy(passphrase, salt, ROUNDS), fromUrl(d));
  const named = { folkmoot: "locked", kind: "role key", grant, public: x, pbkdf2: ROUNDS };
  return { ...named, salt: to64(salt), nonce: to64(nonce), box: to64(box) };
};

const open = async (key, passphrase) => {
  const by = await lockedBy(passphrase, from64(key.salt), key.pbkdf2);
  const seed = await subtle.decrypt(sealed(key.grant, key.public, from64(key.nonce)), by, from64(key.box));
  const jwk = { kty: "OKP", crv: "Ed25519", d: toUrl(seed), x: key.public };
  return subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
};

const read = async (input) => {
  const text = await input.files[0].text();
  return JSON.parse(text);
};

const save = (name, value) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
};

const say = (place, sentence) => {
  place.textContent = sentence;
  place.hidden = !sentence;
};

const show = (part) => {
  for (const one of part.querySelectorAll("[data-with-script]")) one.hidden = false;
  for (const one of part.querySelectorAll("[data-without-script]")) one.hidden = true;
};

const making = (form) => {
  const grant = form.dataset.roleKey;
  const [typed, again] = [form.querySelector("#passphrase"), form.querySelector("#passphrase-again")];
  const [problem, notIt] = [form.querySelector("[data-problem]"), form.querySelector("[data-not-it]")];
  const [made, send] = [form.querySelector("[data-made]"), form.querySelector("[data-send]")];
  let passphrase = "";
  show(form);
  send.hidden = true;
  form.querySelector("[data-make]").addEventListener("click", async (event) => {
    say(problem, [...typed.value.normalize("NFC")].length < 10 ? form.dataset.short
      : typed.value !== again.value ? form.dataset.differ : "");
    if (!problem.hidden) return;
    event.target.disabled = true;
    passphrase = typed.value;
    save(`${grant}.key`, await make(grant, passphrase));
    event.target.disabled = false;
    made.hidden = false;
    made.querySelector("h2").focus();
  });
  form.querySelector("#saved").addEventListener("change", async (event) => {
    try {
      const key = await read(event.target);
      if (key.grant !== grant) throw new Error("another office");
      await open(key, passphrase);
      form.elements.public_key.value = key.public;
      localStorage.setItem(`key of ${grant}`, JSON.stringify(key));
      say(notIt, "");
      send.hidden = false;
    } catch {
      say(notIt, form.dataset.other);
      send.hidden = true;
    }
  });
};

const keeping = (part) => {
  const { grant, receipt, other } = part.dataset;
  const here = `key of ${grant}`;
  const fits = (key) => key && key.kind === "role key" && key.grant === grant && key.public === part.dataset.public;
  let key = JSON.parse(localStorage.getItem(here) ?? "null");
  show(part);
  const [button, problem, input] = [part.querySelector("[data-save]"), part.querySelector("[data-problem]"), part.querySelector("#keyfile")];
  for (const one of part.querySelectorAll("[data-choose]")) one.hidden = Boolean(fits(key));
  input.addEventListener("change", async () => {
    key = await read(input).catch(() => null);
    say(problem, fits(key) ? "" : other);
  });
  button.addEventListener("click", () => {
    say(problem, fits(key) ? "" : other);
    if (!fits(key)) return;
    save("office.receipt", { ...JSON.parse(receipt), key });
    localStorage.removeItem(here);
  });
};

const registered = (receipt, key) => {
  for (const proof of receipt.proofs) {
    const extra = /^extra (\S+)$/m.exec(proof);
    const raw = extra ? from64(extra[1]) : bytes("{}");
    const entry = JSON.parse(new TextDecoder().decode(raw));
    if (entry.type === "role_key.registered" && entry.data.public_key === key.public) return raw;
  }
  throw new Error("not registered");
};

const token = async (receipt, key, signer, url, nonce) => {
  const [first] = [new DataView(fromUrl(nonce).buffer).getUint32(0)];
  const bound = await subtle.digest("SHA-256", bytes(`${toUrl(registered(receipt, key))}~`));
  const said = JSON.stringify({ aud: url, iat: first * 60, nonce, sd_hash: toUrl(bound) });
  const body = `${toUrl(bytes('{"alg":"Ed25519","typ":"kb+jwt"}'))}.${toUrl(bytes(said))}`;
  return `${body}.${toUrl(await subtle.sign("Ed25519", signer, bytes(body)))}`;
};

// Whose office a receipt is of: the name in the record, as the entry that gave it says.
const holderIn = (receipt) => {
  for (const proof of receipt.proofs) {
    const extra = /^extra (\S+)$/m.exec(proof);
    const { data } = JSON.parse(extra ? new TextDecoder().decode(from64(extra[1])) : "{}");
    if (data?.grant === receipt.grant && data.holder) return data.holder;
  }
  throw new Error("nobody's");
};

// Asks the device for a passkey: what it answers, and its public key (COSE), the last part of what it attests.
const makePasskey = async (options) => {
  const keys = globalThis.PublicKeyCredential;
  const made = await navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(JSON.parse(options)) });
  const data = new Uint8Array(made.response.getAuthenticatorData());
  if (data[32] & 0x80) throw new Error("more than a key");
  const publicKey = data.slice(55 + new DataView(data.buffer).getUint16(53));
  return { answer: JSON.stringify(made.toJSON()), publicKey: toUrl(publicKey) };
};

// What the key of the office signs for a passkey, as permits/vouching.py says.
const vouch = async (form, receipt, key, signer, publicKey) => {
  const { nonce, url, place } = form.dataset;
  const named = [...bytes(`hub-key-v1\n${holderIn(receipt)}\n`), ...fromUrl(publicKey)];
  const mark = new Uint8Array(await subtle.digest("SHA-256", Uint8Array.from(named))).slice(0, 28);
  const number = fromUrl(nonce);
  const its = toUrl(Uint8Array.from([...number.slice(0, 4), ...mark, ...number.slice(32)]));
  return { public_key: publicKey, token: await token(receipt, key, signer, url + place, its) };
};

// The passkeys that are vouched for with a claim: those there are, or one that is made now. null: the device made none.
const vouches = async (form, receipt, key, signer) => {
  const { passkeys, options, tried } = form.dataset;
  if (passkeys === undefined) return [];
  let theirs = JSON.parse(passkeys);
  if (options && !tried) {
    const made = await makePasskey(options).catch(() => null);
    if (!made) return null;
    form.elements.answer.value = made.answer;
    theirs = [made.publicKey];
  }
  return Promise.all(theirs.map((one) => vouch(form, receipt, key, signer, one)));
};

const claiming = (form) => {
  const [file, keyFile, typed] = ["#receipt", "#keyfile", "#passphrase"].map((name) => form.querySelector(name));
  const problem = form.querySelector("[data-problem]");
  let [receipt, key] = [null, null];
  show(form);
  file.addEventListener("change", async () => {
    receipt = await read(file).catch(() => null);
    key = receipt?.key ?? null;
    const isOne = receipt?.folkmoot === "office receipt";
    say(problem, isOne ? "" : form.dataset.none);
    form.querySelector("[data-choose]").hidden = !isOne || key !== null;
  });
  keyFile.addEventListener("change", async () => { key = await read(keyFile).catch(() => null); });
  form.addEventListener("submit", async (event) => {
    if (form.elements.claim.value) return;
    event.preventDefault();
    delete form.dataset.sent;
    if (receipt?.folkmoot !== "office receipt") return say(problem, form.dataset.none);
    if (key?.kind !== "role key") return say(problem, form.dataset.nokey);
    const signer = await open(key, typed.value).catch(() => null);
    if (!signer) return say(problem, form.dataset.locked);
    const { url, nonce } = form.dataset;
    const signed = await token(receipt, key, signer, url, nonce).catch(() => null);
    if (!signed) return say(problem, form.dataset.unregistered);
    const also = await vouches(form, receipt, key, signer);
    if (!also) {
      form.dataset.tried = "yes";
      return say(problem, form.dataset.nodevice);
    }
    const { key: _kept, ...sent } = receipt;
    const claim = { folkmoot: "office claim", receipt: sent, token: signed };
    form.elements.claim.value = JSON.stringify(also.length ? { ...claim, vouches: also } : claim);
    form.submit();
  });
};

// What was recorded a moment ago is sealed in a minute: then this page has the receipt.
for (const waiting of document.querySelectorAll("[data-waits]")) {
  show(waiting);
  setTimeout(() => location.reload(), 5000);
}

if (await can()) {
  document.querySelectorAll("form[data-role-key]").forEach(making);
  document.querySelectorAll("[data-receipt]").forEach(keeping);
  document.querySelectorAll("form[data-claim]").forEach(claiming);
} else {
  for (const note of document.querySelectorAll("[data-no-ed25519]")) note.hidden = false;
}
