// A site on openid-client: prints where to send the browser, reads where it came back, prints what it learned.
import * as client from "openid-client";
import { createInterface } from "node:readline";

const [issuer, id, secret, redirect] = process.argv.slice(2);
const config = await client.discovery(new URL(issuer), id, secret);
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const where = client.buildAuthorizationUrl(config, {
  redirect_uri: redirect,
  scope: "openid profile groups offline_access",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});
console.log(where.href);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const tokens = await client.authorizationCodeGrant(config, new URL(line), {
      pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
    });
    const claims = tokens.claims();
    const told = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token);
    const known = await client.tokenIntrospection(config, again.access_token);
    await client.tokenRevocation(config, again.access_token);
    const gone = await client.tokenIntrospection(config, again.access_token);
    console.log(JSON.stringify({ claims, told, refreshed: again.claims().sub, active: [known.active, gone.active] }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.code ?? error.message, cause: error.error ?? String(error.cause ?? "") }));
  }
  process.exit(0);
}
