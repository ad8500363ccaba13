// A public client on oidc-client-ts: no secret, PKCE, everything fetched from the page.
const asked = new URL(location.href);
const manager = new oidc.UserManager({
  authority: document.cookie.match(/authority=([^;]+)/)[1],
  client_id: document.cookie.match(/client=([^;]+)/)[1],
  redirect_uri: `${location.origin}/oidc/callback`,
  scope: "openid profile groups",
  loadUserInfo: true,
});
const show = (told) => { document.getElementById("told").textContent = JSON.stringify(told); };
if (asked.searchParams.has("code") || asked.searchParams.has("error")) {
  manager.signinCallback().then((user) => show(user.profile), (error) => show({ error: String(error) }));
} else {
  manager.signinRedirect();
}
